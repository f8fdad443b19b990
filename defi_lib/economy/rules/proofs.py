"""Who decides who may take part where a contract asks for proofs: issuers, their sources, keepers of their list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from defi_lib.validation import at_least, integer, one_of

#: Parties of a gate beyond which its coalitions are too many to try.
MOST_PARTIES = 16

#: What somebody may show to a contract.
KINDS = ("signed", "tag in each place", "no tag")


@dataclass(frozen=True)
class ProofGate:
    """A contract that lets in whoever shows proofs of enough issuers; all parties are names.

    Args:
        issuers: who may state that somebody keeps the rule, each once, at least one.
        needed: statements that the contract asks for, in [1, number of issuers].
        learns_from: from whom each issuer knows it, in the issuers' order; nobody given: each finds out by itself.
        withdrawing: issuers who together can take back any statement; 0: nobody can.
        keepers: who may change the list of issuers, each once; nobody: it is fixed in the contract.
        keepers_needed: how many of the keepers must agree, in [1, number of keepers].

    Raises:
        ValueError: an argument outside its range, or a name twice.

    >>> ProofGate(("bank", "post"), keepers=("court",)).parties
    ('bank', 'post', 'court')
    """

    issuers: tuple[str, ...]
    needed: int = 1
    learns_from: tuple[str, ...] = ()
    withdrawing: int = 0
    keepers: tuple[str, ...] = ()
    keepers_needed: int = 1

    def __post_init__(self) -> None:
        for name in ("issuers", "learns_from", "keepers"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        count, keepers = len(self.issuers), len(self.keepers)
        if not 0 < count == len(set(self.issuers)):
            raise ValueError(f"issuers = {self.issuers} is not possible: allowed at least one, each once")
        if len(self.learns_from) not in (0, count):
            raise ValueError(f"learns_from = {self.learns_from} is not possible: allowed none, or one for each issuer")
        if len(set(self.keepers)) != keepers:
            raise ValueError(f"keepers = {self.keepers} is not possible: allowed each once")
        integer("needed", self.needed, 1, count)
        integer("withdrawing", self.withdrawing, 0, count)
        integer("keepers_needed", self.keepers_needed, 1, max(keepers, 1))

    @property
    def parties(self) -> tuple[str, ...]:
        """Everybody who has a say, each once."""
        return tuple(dict.fromkeys((*self.issuers, *self.learns_from, *self.keepers)))


def can_let_in(gate: ProofGate, together: Iterable[str]) -> bool:
    """Whether some parties, together, can let in somebody who does not keep the rule.

    They can if enough issuers state it falsely, or are told so by whom they learn from, or if they may choose issuers.

    Args:
        gate: issuers, whom they learn from, and who keeps their list.
        together: names of its parties.

    Raises:
        ValueError: a name that is no party of the gate.

    >>> two_of_three = ProofGate(("bank", "post", "town"), needed=2)
    >>> can_let_in(two_of_three, ["bank"]), can_let_in(two_of_three, ["bank", "town"])
    (False, True)
    """
    group = _group(gate, together)
    return _chooses(gate, group) or _ruled(gate, group) >= gate.needed


def can_shut_out(gate: ProofGate, together: Iterable[str]) -> bool:
    """Whether some parties, together, can shut out somebody who keeps the rule.

    They can if too few other issuers are left to state it, if they may take statements back, or may choose issuers.

    Args:
        gate: issuers, whom they learn from, and who keeps their list.
        together: names of its parties.

    Raises:
        ValueError: a name that is no party of the gate.

    >>> any_of_three = ProofGate(("bank", "post", "town"))
    >>> can_shut_out(any_of_three, ["bank", "post"]), can_let_in(any_of_three, ["bank"])
    (False, True)
    """
    group = _group(gate, together)
    ruled = _ruled(gate, group)
    takes_back = 0 < gate.withdrawing <= ruled
    return _chooses(gate, group) or takes_back or len(gate.issuers) - ruled < gate.needed


def lone_deciders(gate: ProofGate) -> tuple[str, ...]:
    """The parties who can, each alone, shut out somebody who keeps the rule or let in somebody who does not.

    Args:
        gate: issuers, whom they learn from, and who keeps their list.

    >>> lone_deciders(ProofGate(("bank",)))
    ('bank',)
    >>> lone_deciders(ProofGate(("bank", "post", "town"), needed=2))
    ()
    >>> lone_deciders(ProofGate(("bank", "post", "town"), needed=2, learns_from=("state",) * 3))
    ('state',)
    """
    return tuple(each for each in gate.parties if can_let_in(gate, [each]) or can_shut_out(gate, [each]))


class FewestTogether(NamedTuple):
    """How many parties must join, at least; None where not even all of them can."""

    to_let_in: int | None
    to_shut_out: int | None


def fewest_together(gate: ProofGate) -> FewestTogether:
    """The smallest number of parties who can let in somebody against the rule, and shut somebody out: all are tried.

    Args:
        gate: issuers, whom they learn from, and who keeps their list, at most 16 parties.

    Raises:
        ValueError: too many parties.

    >>> [fewest_together(ProofGate(tuple("abcde"), needed=k)) for k in (1, 3)]
    [FewestTogether(to_let_in=1, to_shut_out=5), FewestTogether(to_let_in=3, to_shut_out=3)]
    """
    integer("number of parties", len(gate.parties), 1, MOST_PARTIES)
    groups = list(_groups(gate.parties))
    return FewestTogether(
        min((len(group) for group in groups if can_let_in(gate, group)), default=None),
        min((len(group) for group in groups if can_shut_out(gate, group)), default=None),
    )


class ProofTrace(NamedTuple):
    """What an onlooker finds out from proofs that somebody showed."""

    together: float  #: uses that are known to be by one and the same person
    named: float  #: chance to guess that person among those who could have made the proof


def proof_trace(uses: int, places: int, members: int, kind: str = "tag in each place") -> ProofTrace:
    """What proofs tell an onlooker: which uses belong together, and who it may be.

    ``signed``: a statement with a name or number on it is shown, all uses belong together and the name is known.
    ``tag in each place``: a zero-knowledge proof that one is among the members (of an accumulator), with a tag that
    differs from contract to contract: uses in one place belong together. ``no tag``: nothing belongs together, and
    nobody can be counted only once either.

    Args:
        uses: proofs that one person showed, >= 1.
        places: contracts that they were shown at, evenly, >= 1 and at most ``uses``.
        members: people who could have made the proof, >= 1.
        kind: one of the three above.

    Raises:
        ValueError: an argument outside its range, or another kind.

    Source: Camenisch and Lysyanskaya, *Dynamic Accumulators and Application to Efficient Revocation of Anonymous
    Credentials* (2002). Time, amounts and the wallet that pays the gas can tell more than this.

    >>> [proof_trace(20, 4, 1_000, kind).together for kind in ("signed", "tag in each place", "no tag")]
    [20.0, 5.0, 1.0]
    """
    one_of("kind", kind, KINDS)
    uses, members = at_least("uses", uses, 1), at_least("members", members, 1)
    places = integer("places", places, 1, uses)
    if kind == "signed":
        return ProofTrace(float(uses), 1.0)
    return ProofTrace(uses / places if kind == "tag in each place" else 1.0, 1.0 / members)


def _ruled(gate: ProofGate, together: frozenset[str]) -> int:
    """Issuers who say what these parties want: their own, and those who learn from them."""
    sources = gate.learns_from or gate.issuers
    return sum(issuer in together or source in together for issuer, source in zip(gate.issuers, sources, strict=True))


def _chooses(gate: ProofGate, together: frozenset[str]) -> bool:
    return bool(gate.keepers) and len(together & set(gate.keepers)) >= gate.keepers_needed


def _groups(parties: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for size in range(len(parties) + 1):
        yield from combinations(parties, size)


def _group(gate: ProofGate, together: Iterable[str]) -> frozenset[str]:
    group = frozenset(together)
    for name in sorted(group):
        one_of("together", name, gate.parties)
    return group
