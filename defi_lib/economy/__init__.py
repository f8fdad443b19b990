"""The whole economy: what draws everybody to one place, who is paid on the way, what is counted twice.

Each name is loaded from its module when it is first used.
"""

import numpy  # noqa: F401 - what every part needs

from defi_lib.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "access.learning": ["Learning", "learn_or_stay", "savings_to_earn_back", "years_to_earn_back"],
        "access.reading": ["FreeRiding", "chance_found", "free_riding", "own_readers"],
        "access.road": ["RoadWalk", "cheaper_from", "draw_arrivals", "walk_road"],
        "access.road_steps": ["RoadStep", "coin_road", "service_road"],
        "access.told": ["Told", "VANISHING", "sample_told", "told_results"],
        "funding.hurdle": ["HurdleChoice", "ProjectChoice", "choose_projects", "hurdle_choice"],
        "funding.power_law": [
            "PortfolioRun",
            "chance_above",
            "chance_best_pays",
            "lowest_return",
            "part_that_pays",
            "projects_that_pay",
            "ranked_returns",
            "simulate_portfolios",
            "top_return_share",
        ],
        "funding.small_loans": [
            "SmallLoan",
            "break_even_loan",
            "break_even_rate",
            "cost_by_code",
            "lend_small",
            "loan_margin",
            "removal_needed",
        ],
        "locked.protocol_sheets": ["PriceFall", "ProtocolSheets", "price_fall"],
        "locked.value_locked": ["DepositLoop", "ValueCounts", "loop_deposits", "stacked_counts", "times_counted"],
        "networks.adoption": ["AdoptionRun", "BetterWins", "balance_share", "better_wins", "simulate_adoption"],
        "networks.liquidity_loop": [
            "LoopRun",
            "RestingPoint",
            "even_exponent",
            "follow_fees",
            "resting_points",
            "trade_cost",
            "trade_shares",
        ],
        "rules.entry_points": [
            "EntryChoices",
            "EntryShift",
            "EntryUsers",
            "choose_entry",
            "draw_entry",
            "rule_that_moves",
            "shift_from_entry",
        ],
        "rules.free_entry": [
            "Industry",
            "Licence",
            "ServiceMarket",
            "firms_that_remain",
            "fixed_cost_for",
            "free_entry",
        ],
        "rules.licences": ["LicenceEffect", "licence_effect"],
        "value_chain.chain": [
            "FollowedPayment",
            "Taker",
            "TakerConcentration",
            "broker_takers",
            "follow_payment",
            "swap_takers",
            "taker_concentration",
        ],
        "value_chain.interfaces": [
            "InterfaceYear",
            "SearchFees",
            "circle_entry",
            "circle_fee",
            "interface_year",
            "search_fees",
        ],
    },
)
