"""Risk: coins that should be worth a dollar, how failure spreads, and who is insured.

Each name is loaded from its module when it is first used.
"""

import numpy  # noqa: F401 - what every part needs

from defi_lib.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "coins.peg": ["PegBand", "PegRun", "hold_peg", "module_band", "redemption_band"],
        "coins.peg_module": ["PegModule", "PegModuleChange", "Wallet"],
        "coins.reserve_coin": ["CoinChange", "ReserveCoin", "ReserveIncome", "divide_income"],
        "coins.runs": ["RUN_RULES", "Run", "calm_part", "everybody_runs", "run_on_reserve", "run_threshold"],
        "coins.weekend": ["LinkedPrice", "Weekend", "buy_up_to", "linked_price", "sell_down_to", "shut_weekend"],
        "coins.year": ["CoinRisks", "CoinYear", "simulate_coin", "worst_loss"],
        "fractional.frax": ["FraxChange", "FraxPool", "FraxPrices", "FraxRules", "FraxUser"],
        "insurance.capital": ["CapitalRequirement", "CapitalRules"],
        "insurance.claims": ["ClaimVote", "chance_paid", "judge_claim"],
        "insurance.cover": ["CoverPrice", "CoverProduct", "CoverRules", "CoverSale"],
        "insurance.deposit_insurance": ["FailedBank", "LeviedFund", "pay_depositors", "run_levied_fund"],
        "insurance.mutual": [
            "Mutual",
            "MutualChange",
            "TokenTrade",
            "buy_tokens",
            "mcr_ratio",
            "sell_tokens",
            "token_price",
        ],
        "insurance.older_mutual": ["price_by_stake", "risk_cost", "smooth_token_price"],
        "insurance.parametric": ["BasisRisk", "ParametricPayout", "basis_risk", "lowest_lasting", "pay_by_index"],
        "insurance.ruin": [
            "FundRun",
            "capital_for_ruin",
            "loaded_premium",
            "ruin_chance",
            "run_fund",
            "sampled_ruin",
        ],
        "insurance.selection": ["Pooling", "Selection", "offer_premium", "premium_with_selection", "unravel"],
        "insurance.vasicek": [
            "chance_given_shock",
            "chance_of_more",
            "correlation_from_history",
            "draw_losses",
            "joint_chance",
            "loss_counts",
            "loss_in_bad_year",
            "losses_in_bad_year",
            "shortfall_chance",
        ],
        "keys.auditors": ["audits_worth", "hole_left", "hole_missed", "hole_missed_by_methods"],
        "keys.bounties": ["BountyOutcome", "bounty_needed", "offer_bounty"],
        "keys.committee": ["committee_stuck", "committee_taken", "hands_needed", "keys_lost"],
        "keys.survival": ["PublishedLoss", "loss_rates_2022", "published_losses", "stack_survival", "survival"],
        "keys.time_lock": ["HostileUpgrade", "hostile_upgrade", "seen_in_time"],
        "rugs.buyers": ["chance_to_be_spared", "expected_loss_of_buyers"],
        "rugs.promises": ["PromiseRun", "empty_day", "fullest_day", "promised_cash", "run_promise"],
        "rugs.token": [
            "LaunchedToken",
            "Taken",
            "WAYS",
            "hidden_mint",
            "insider_sale",
            "paused_withdrawals",
            "pull_and_sell",
            "sale_tax",
        ],
        "rugs.warnings": ["Warned", "gain_from_heeding", "two_warnings", "warning_outcomes"],
    },
)
