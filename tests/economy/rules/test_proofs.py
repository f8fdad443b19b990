"""Who decides, where a contract asks for proofs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.economy import (
    ProofGate,
    can_let_in,
    can_shut_out,
    fewest_together,
    lone_deciders,
    proof_trace,
)

NAMES = "abcdef"


@pytest.mark.parametrize(
    ("gate", "alone"),
    [
        (ProofGate("a"), "a"),
        (ProofGate("abc"), "abc"),  # any of them lets in, nobody alone shuts out
        (ProofGate("abc", needed=2), ""),
        (ProofGate("abc", needed=3), "abc"),  # any of them shuts out
        (ProofGate("abc", needed=2, withdrawing=1), "abc"),
        (ProofGate("abc", needed=2, withdrawing=2), ""),
        (ProofGate("abc", needed=2, learns_from="sss"), "s"),
        (ProofGate("abc", needed=2, learns_from="ssc"), "s"),
        (ProofGate("abc", needed=2, learns_from="stu"), ""),
        (ProofGate("abc", needed=2, keepers="k"), "k"),
        (ProofGate("abc", needed=2, keepers="klm", keepers_needed=2), ""),
        (ProofGate("abc", needed=2, keepers="abc", keepers_needed=2), ""),
    ],
)
def test_who_decides_alone(gate, alone):
    assert lone_deciders(gate) == tuple(alone)


def test_what_a_lone_party_can_do():
    any_of_three, all_of_three = ProofGate("abc"), ProofGate("abc", needed=3)
    assert can_let_in(any_of_three, "a") and not can_shut_out(any_of_three, "ab")
    assert can_shut_out(all_of_three, "a") and not can_let_in(all_of_three, "ab")
    assert can_shut_out(ProofGate("abc", withdrawing=1), "a") and not can_let_in(ProofGate("abc", 2), [])


@given(st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))))
def test_the_fewest_are_needed_ones_and_all_but_too_few(sizes):
    n, needed = sizes
    assert fewest_together(ProofGate(NAMES[:n], needed)) == (needed, n - needed + 1)


@given(
    st.integers(1, 3).flatmap(
        lambda k: st.tuples(st.just(k), st.sets(st.sampled_from("abc")), st.sets(st.sampled_from("abc")))
    )
)
def test_more_parties_can_do_no_less(case):
    needed, few, others = case
    gate = ProofGate("abc", needed, withdrawing=2, keepers="ab", keepers_needed=2)
    for can in (can_let_in, can_shut_out):
        assert can(gate, few | others) >= can(gate, few)


def test_what_an_onlooker_finds_out():
    assert proof_trace(20, 4, 1_000, "signed") == (20.0, 1.0)
    assert proof_trace(20, 4, 1_000) == (5.0, 0.001)
    assert proof_trace(20, 4, 1_000, "no tag") == (1.0, 0.001)
    assert proof_trace(1, 1, 1) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: ProofGate(()), "issuers"),
        (lambda: ProofGate("aa"), "issuers"),
        (lambda: ProofGate("ab", needed=3), "needed = 3"),
        (lambda: ProofGate("ab", needed=0), "needed = 0"),
        (lambda: ProofGate("ab", learns_from="s"), "learns_from"),
        (lambda: ProofGate("ab", withdrawing=3), "withdrawing = 3"),
        (lambda: ProofGate("ab", keepers="kk"), "keepers"),
        (lambda: ProofGate("ab", keepers="k", keepers_needed=2), "keepers_needed = 2"),
        (lambda: can_let_in(ProofGate("ab"), "z"), "together = 'z'"),
        (lambda: can_shut_out(ProofGate("ab"), "z"), "together = 'z'"),
        (lambda: fewest_together(ProofGate("abcdefghijklmnopq")), "number of parties = 17"),
        (lambda: proof_trace(0, 1, 1), "uses = 0"),
        (lambda: proof_trace(3, 4, 1), "places = 4"),
        (lambda: proof_trace(3, 1, 0), "members = 0"),
        (lambda: proof_trace(3, 1, 1, "glass"), "kind = 'glass'"),
    ],
)
def test_bad_input_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
