"""How decentralised a chain is, by several counts."""

from __future__ import annotations

from defi_lib.evidence.effects import Count, Registry
from defi_lib.figures import figure

EVIDENCE = Registry("staking")

CHAINS = {"Cardano": "cardano", "Solana": "solana", "BNB Chain": "bnb_chain", "TRON": "tron"}

#: The part of the pairs of chains that must change places.
ENOUGH = 0.1


@EVIDENCE.figures("X30a")
def ranks_by_two_counts() -> Count:
    """Pairs of chains that change places between the number of validators and the Nakamoto coefficient."""
    validators = {name: figure(f"nakamoto.validators_{id}") for name, id in CHAINS.items()}
    few = {name: figure(f"nakamoto.nakamoto_coefficient_{id}") for name, id in CHAINS.items()}
    counts = {name: (float(validators[name].value), float(few[name].value)) for name in CHAINS}
    pairs = [(one, two) for one in CHAINS for two in CHAINS if counts[one][0] > counts[two][0]]
    turned = [(one, two) for one, two in pairs if counts[one][1] < counts[two][1]]
    in_turn = figure("nakamoto.validators_bnb_chain_in_turn")
    shown = "; ".join(
        f"{one} has {counts[one][0]:.0f} validators, and {counts[one][1]:.0f} of them could stop it; "
        f"{two} has {counts[two][0]:.0f}, and it takes {counts[two][1]:.0f}"
        for one, two in turned
    )
    return Count(
        true=len(turned) / len(pairs) >= ENOUGH,
        says=f"{len(turned)} of {len(pairs)} pairs of chains changes places. {shown}.",
        who=f"Chainspect, {few['TRON'].date}",
        other=f"{float(in_turn.value):.0f} of BNB Chain's validators write blocks in turn; so counted, none moves",
        turns="both counts put all chains in the same order, as they do by the other count; four chains are few",
        sources=tuple(each.id for each in (*validators.values(), *few.values(), in_turn)),
    )
