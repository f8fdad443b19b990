"""A quorum that rises with the votes against: what many oppose needs more support."""

from __future__ import annotations

from typing import NamedTuple

from defi_lib.validation import at_least, integer

WHOLE = 10_000  #: basis points
COEFFICIENT_ONE = 10**6  #: a coefficient of 1


class DynamicQuorum(NamedTuple):
    """Votes needed in favour: a part of the supply, and more of it the more vote against.

    ``⌊supply·bps/10⁴⌋``, where ``bps = min(highest, lowest + ⌊coefficient·⌊10⁴·against/supply⌋/10⁶⌋)``. With a
    coefficient of 0 it is a fixed part of the supply, ``lowest``. A lowest above the highest counts as the highest.

    >>> rule = DynamicQuorum(lowest=1_000, highest=1_500, coefficient=10**6)
    >>> rule.votes(against=0, supply=700), rule.votes(7, 700), rule.votes(200, 700)
    (70, 77, 105)

    Source: Nouns DAO, NounsDAODynamicQuorum. Votes against are cut to whole basis points of the supply, so that the
    quorum of a small supply moves in steps. The contract keeps old parameters for the proposals made under them.
    """

    lowest: int = 1_000  #: basis points of the supply, when nobody is against; at most 10,000
    highest: int = 1_500  #: basis points of the supply; at most 10,000
    coefficient: int = COEFFICIENT_ONE  #: 10⁶: each per cent against raises the quorum by one per cent of the supply

    def checked(self, name: str = "") -> DynamicQuorum:
        """The same, if every number is in its range; ``name`` stands before theirs in the error."""
        integer(f"{name}lowest", self.lowest, 0, WHOLE)
        integer(f"{name}highest", self.highest, 0, WHOLE)
        at_least(f"{name}coefficient", self.coefficient, 0)
        return self

    def votes(self, against: int, supply: int) -> int:
        """The quorum in whole votes.

        Args:
            against: votes, >= 0; tokens minted since the supply was read may make them more than that.
            supply: all votes, >= 1.

        Raises:
            ValueError: an argument or a parameter outside its range.
        """
        self.checked()
        supply = at_least("supply", supply, 1)
        opposed = WHOLE * at_least("against", against, 0) // supply
        part = min(self.highest, self.lowest + self.coefficient * opposed // COEFFICIENT_ONE)
        return supply * part // WHOLE
