"""Interactive verification: who disagree about a long computation are led to one step, and only that is checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from defi_lib.ledger import former
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.validation import at_least, non_negative

State = TypeVar("State")


@former.with_payments
class Dispute(NamedTuple, Generic[State]):
    """How a dispute ended."""

    steps: int  #: of the computation
    rounds: int  #: questions asked to both sides
    disputed_step: int | None  #: first step after which they disagree, from 1; none if they agree at the end
    solver_wins: bool  #: also if nobody disagrees
    bond: float  #: USD, that each side put up

    def transfers(self, solver: str = "solver", challenger: str = "challenger") -> tuple[Transfer, ...]:
        """The bond of the loser goes to the winner."""
        if self.disputed_step is None:
            return ()
        winner, loser = (solver, challenger) if self.solver_wins else (challenger, solver)
        return actual([Transfer(loser, winner, self.bond, "USD", "slashing")])


def bisection_rounds(steps: int) -> int:
    """Rounds until one step is left: ``⌈log₂ steps⌉``, exactly.

    Raises:
        ValueError: less than one step.

    >>> bisection_rounds(1_000_000)
    20
    """
    return (at_least("steps", steps, 1) - 1).bit_length()


def settle_dispute(
    steps: int,
    step: Callable[[State], State],
    solver: Callable[[int], State],
    challenger: Callable[[int], State],
    bond: float = 0.0,
) -> Dispute[State]:
    """Find by halving the first step that the two sides see differently, and repeat only that one.

    An honest side always wins: the last state that both accept is right or does not matter, and the one step is
    executed by a referee who cannot be bribed, the chain. With two liars the solver wins if just that step is right.

    Args:
        steps: length of the computation, >= 1.
        step: one step, from state to state; states can be compared by ``==``.
        solver: the state after so many steps, as the solver claims; 0 gives the input, on which both agree.
        challenger: the same, as the challenger claims.
        bond: that each side puts up (USD), >= 0.

    Raises:
        ValueError: less than one step, a negative bond, or different inputs.

    Source: Teutsch, Reitwießner, *Truebit*, arXiv:1908.04756; Kalodner et al., *Arbitrum* (2018). There the sides send
    hashes of states; who does not answer in time has lost, and that is what days of waiting are for.
    """
    at_least("steps", steps, 1)
    non_negative("bond", bond)
    if solver(0) != challenger(0):
        raise ValueError(f"solver(0) = {solver(0)!r} is not challenger(0) = {challenger(0)!r}: allowed is one input")
    if solver(steps) == challenger(steps):
        return Dispute(steps, 0, None, True, bond)
    agreed, disputed, rounds = 0, steps, 0
    while disputed - agreed > 1:
        middle, rounds = (agreed + disputed) // 2, rounds + 1
        if solver(middle) == challenger(middle):
            agreed = middle
        else:
            disputed = middle
    return Dispute(steps, rounds, disputed, step(solver(agreed)) == solver(disputed), bond)
