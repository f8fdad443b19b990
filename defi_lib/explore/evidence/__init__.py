"""What a lesson shows of a verdict: the reader's bet, the evidence with its bars, and the map on which it turns.

>>> from defi_lib.explore import bet, show_evidence, turn
>>> mine = bet("X9a")
>>> show_evidence("X9a", after=mine).text
'Place your bet first; then the evidence appears here.'
"""

from defi_lib.explore.evidence.bets import Wager, bet
from defi_lib.explore.evidence.book import Book, show_book
from defi_lib.explore.evidence.maps import turn
from defi_lib.explore.evidence.shown import ShownEvidence, show_evidence

__all__ = ["Book", "ShownEvidence", "Wager", "bet", "show_book", "show_evidence", "turn"]
