import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.economy import chain_loss, kept_rate, mean_with_refused, three_ways_to_lend

PART = st.floats(0, 1)
WORLD = dict(
    firm_pays=0.02, protocol_pays=0.05, fee=0.2, code_loss=0.01, key_loss=0.02, firm_loss=0.01, screened=0.5,
    exposed=0.5, refused=0.1,
)  # fmt: skip


def test_two_weak_points_by_hand():
    assert chain_loss([0.1, 0.2]) == pytest.approx(0.28)
    assert chain_loss(0.1) == pytest.approx(0.1) and chain_loss([]) == 0
    assert chain_loss([[0.1, 0.2], [0.0, 0.5]]) == pytest.approx([0.28, 0.5])


@given(st.lists(PART, min_size=1, max_size=6))
def test_a_chain_loses_at_least_its_weakest_and_at_most_all_together(losses):
    lost = chain_loss(losses)
    assert max(losses) - 1e-12 <= lost <= min(1, sum(losses)) + 1e-12


@given(st.floats(0, 1), PART, PART)
def test_losses_one_after_the_other_are_a_chain(pays, first, second):
    both = (1 + kept_rate(pays, first)) * (1 - second) - 1
    assert kept_rate(pays, chain_loss([first, second])) == pytest.approx(both, abs=1e-12)


def test_all_who_ask_by_hand():
    assert mean_with_refused(0.04, 0.25, 0.0) == pytest.approx(0.03)
    assert mean_with_refused(0.04, 0.0, -1.0) == 0.04 and mean_with_refused(0.04, 1.0, 0.02) == 0.02
    assert mean_with_refused(np.array([0.04, 0.02]), 0.5, 0.0) == pytest.approx([0.02, 0.01])


def test_three_ways_by_hand():
    ways = three_ways_to_lend(**WORLD)
    assert ways.firm == pytest.approx(1.02 * 0.99 - 1)
    assert ways.protocol == pytest.approx(1.05 * 0.99 * 0.98 - 1)
    assert ways.mixture == pytest.approx(1.04 * 0.995 * 0.995 - 1)
    assert ways.firm_for_all == pytest.approx(0.9 * ways.firm)
    assert ways.mixture_for_all == pytest.approx(0.9 * ways.mixture + 0.1 * ways.protocol)
    assert ways.gain == pytest.approx(ways.mixture_for_all - ways.protocol)
    assert ways.customers_better_off is True
    closed = three_ways_to_lend(**WORLD, open_door=False)
    assert closed.left == 0 and closed.mixture_for_all == pytest.approx(0.9 * ways.mixture)


@given(PART, PART, PART, PART)
def test_a_firm_that_does_and_takes_nothing_is_the_protocol(code, firm, refused, pays):
    nothing = WORLD | {"fee": 0, "key_loss": 0, "screened": 0, "exposed": 0, "firm_pays": 0}
    ways = three_ways_to_lend(
        **nothing | {"code_loss": code, "firm_loss": firm, "refused": refused, "protocol_pays": pays}
    )
    assert ways.mixture == pytest.approx(ways.protocol) and ways.mixture_for_all == pytest.approx(ways.protocol)


@pytest.mark.parametrize(
    ("name", "sign"), [("fee", -1), ("exposed", -1), ("firm_loss", -1), ("screened", 1), ("key_loss", 1)]
)
def test_what_helps_and_what_hurts_the_mixture_beside_the_protocol(name, sign):
    low, high = (three_ways_to_lend(**WORLD | {name: value}) for value in (0.1, 0.3))
    lead = [ways.mixture - ways.protocol for ways in (low, high)]
    assert sign * (lead[1] - lead[0]) > 0


def test_many_worlds_at_once_have_one_shape():
    ways = three_ways_to_lend(**WORLD | {"code_loss": np.linspace(0, 0.1, 5)}, open_door=np.array(True))
    assert all(np.shape(each) == (5,) for each in ways) and ways.customers_better_off.shape == (5,)
    assert ways.gain[0] == pytest.approx(three_ways_to_lend(**WORLD | {"code_loss": 0.0}).gain)


@pytest.mark.parametrize("name", [name for name in WORLD if name not in ("firm_pays", "protocol_pays")])
@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan")])
def test_parts_outside_their_range_are_refused(name, value):
    with pytest.raises(ValueError, match=name):
        three_ways_to_lend(**WORLD | {name: value})


@pytest.mark.parametrize("name", ["firm_pays", "protocol_pays"])
def test_rates_below_nothing_are_refused(name):
    with pytest.raises(ValueError, match=name):
        three_ways_to_lend(**WORLD | {name: -0.01})


def test_wrong_arguments_of_the_pieces_are_refused():
    with pytest.raises(ValueError, match="losses"):
        chain_loss([0.1, 1.2])
    with pytest.raises(ValueError, match="pays"):
        kept_rate(-0.1, 0.0)
    with pytest.raises(ValueError, match="lost"):
        kept_rate(0.1, 2.0)
    with pytest.raises(ValueError, match="refused"):
        mean_with_refused(0.1, -0.5, 0.0)
    with pytest.raises(ValueError, match="accepted"):
        mean_with_refused(np.inf, 0.5, 0.0)
    with pytest.raises(ValueError, match="elsewhere"):
        mean_with_refused(0.1, 0.5, np.nan)
    with pytest.raises(ValueError, match="shape"):
        three_ways_to_lend(**WORLD | {"fee": np.array([0.1, 0.2]), "refused": np.array([0.1, 0.2, 0.3])})
