"""Governance: who decides, and what a vote costs.

Each name is loaded from its module when it is first used.
"""

import numpy  # noqa: F401 - what every part needs

from defi_lib.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "attacks.profit": ["Attack", "Defences", "attack", "safe_treasury"],
        "attacks.votes": ["VotesGot", "borrow_votes", "buy_votes", "flash_votes", "rent_votes"],
        "electorates.decentraland": [
            "DECENTRALAND",
            "Members",
            "Proposals",
            "decentraland_members",
            "decentraland_proposals",
        ],
        "funding.matching_round": ["MatchingRound", "match_round"],
        "funding.quadratic_funding": [
            "Collusion",
            "Matching",
            "collude",
            "divide_pool",
            "pairwise_match",
            "quadratic_match",
        ],
        "funding.retroactive": ["Awards", "award", "captured"],
        "locks.gauges": ["ALL_VOTES", "GaugeController", "VOTE_DELAY", "Vote", "boost", "working_balance"],
        "locks.liquidity_gauge": ["Emission", "GaugeChange", "GaugeUser", "LiquidityGauge"],
        "locks.vote_escrow": ["Lock", "LockChange", "MAX_LOCK", "VoteEscrow", "WEEK", "vote_weight"],
        "power.chances": ["majority_right", "whale_decides"],
        "power.coalitions": ["Coalition", "deciding_number", "deciding_share", "minimal_winning_coalition"],
        "power.indices": ["Banzhaf", "ShapleyShubik", "banzhaf", "shapley_shubik"],
        "power.many_members": ["Power", "approximate_power", "sampled_power"],
        "rules.bought_names": ["names_bought", "votes_with_names"],
        "rules.conviction": ["conviction", "conviction_threshold", "periods_to_pass"],
        "rules.liquid": ["LiquidVotes", "liquid_votes"],
        "rules.lottery": ["Jury", "draw_jury"],
        "rules.quadratic_voting": ["QuadraticPayout", "QuadraticVoting"],
        "rules.weighing": ["RULES", "Split", "Tally", "count_votes", "split_names", "votes_of"],
        "treasury.reputation": ["Admission", "admit", "largest_loan", "name_at_stake"],
        "treasury.spending": ["loss_with_exit", "middle_vote"],
        "treasury.treasury": [
            "DelegatesChoice",
            "FeeSwitch",
            "Payouts",
            "compare_payouts",
            "delegate_effort",
            "fee_switch",
            "runway",
            "sale_value",
        ],
        "voting.approvals": ["ApprovalVoting", "ApprovalChange", "NOBODY"],
        "voting.dynamic_quorum": ["DynamicQuorum"],
        "voting.governor": ["ABSTAIN", "AGAINST", "Decision", "FOR", "Governor", "Proposal", "Rules", "is_passed"],
        "voting.optimistic": ["Motion", "OptimisticGovernor", "OptimisticDecision"],
        "voting.rage_quit": ["Guild", "GuildChange", "GuildProposal", "GuildRules"],
        "voting.voting_power": ["MAX_SUPPLY", "TokenMove", "VotingToken"],
    },
)
