"""Fire sales, wrapped coins, and one failure among many alike: conservation, placebos, and second methods."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import ConstantProductPool
from defi_lib.ledger import Ledger
from defi_lib.lending import pool_cascade
from defi_lib.risk import Bridge, Network, assets_after, clear, deleverage, fail_one, fire_sale, spend_forged

POOL = ConstantProductPool((1000.0, 2e6), fee=0.0)

worlds = st.fixed_dictionaries(
    {
        "loss": st.floats(0.0, 1.0),
        "others": st.integers(1, 40),
        "leverage": st.floats(1.0, 50.0),
        "linked": st.floats(0.0, 1.0),
        "shared": st.floats(0.0, 1.0),
        "depth": st.floats(0.05, 100.0),
        "recovered": st.floats(0.0, 1.0),
        "runs": st.floats(0.0, 1.0),
        "rescue": st.floats(0.0, 1.0),
        "isolated": st.floats(0.0, 1.0),
        "senior": st.floats(0.0, 1.0),
        "exposed": st.floats(0.0, 1.0),
    }
)


def test_deleverage():
    assert deleverage(100.0, 20.0, 0.05) == (5.0, 20.0)
    assets, (loss, sale) = 100.0, deleverage(100.0, 20.0, 0.05)
    after = (assets - loss - sale) / (20.0 - loss)
    assert after == pytest.approx(5.0)  # the leverage of before


@given(
    tokens=st.lists(st.floats(0.0, 300.0), min_size=3, max_size=3),
    debts=st.lists(st.floats(0.0, 0.99), min_size=3, max_size=3),
    most=st.floats(1.5, 20.0),
    sale=st.floats(0.0, 500.0),
)
@settings(max_examples=60)
def test_what_sellers_lose_is_bought_or_paper(tokens, debts, most, sale):
    held, owed = np.array(tokens), np.array(debts) * np.array(tokens) * 2_000.0
    done = fire_sale(POOL, held, 0.0, owed, most, sale=sale)
    before = held * done.first_price - owed
    assert before - done.equity == pytest.approx(done.got + done.paper, rel=1e-9, abs=1e-6)
    assert done.tokens + done.sold == pytest.approx(held) and np.all(done.tokens >= 0.0)
    leverage = done.tokens * done.price + done.cash
    assert np.all((leverage <= most * done.equity + 1e-4) | (done.tokens <= 1e-9))
    assert done.after.reserves[0] == pytest.approx(1000.0 + sale + np.sum(done.sold))
    ledger = Ledger(new_parties="by name")
    ledger.book(done)
    ledger.check_conserved()


def test_placebos_of_a_fire_sale():
    nobody = fire_sale(POOL, [100.0, 50.0], 0.0, [0.0, 0.0], 3.0, sale=100.0)
    assert nobody.rounds == 0 and not np.any(nobody.sold) and nobody.amplification == 1.0
    calm = fire_sale(POOL, [100.0], 0.0, [100_000.0], 3.0)
    assert calm.price == POOL.price() and calm.transfers() == ()


def test_borrowers_are_liquidated_as_in_module_2():
    collateral, loans = np.full(5, 20.0), np.linspace(2e4, 3.2e4, 5)
    mine = fire_sale(POOL, [0.0], 0.0, [0.0], 3.0, 100.0, collateral, loans, 0.83, 0.05)
    theirs = pool_cascade(POOL, 100.0, collateral, loans, 0.83, 0.05)
    assert mine.price == pytest.approx(theirs.final_price)
    assert mine.seized == pytest.approx(sum(wave.sold for wave in theirs.waves))


def test_many_fire_sales_are_each_and_feed_the_clearing():
    sales = np.array([0.0, 100.0, 400.0])
    pools = ConstantProductPool((np.full(3, 1000.0), np.full(3, 2e6)), fee=0.0)
    owed = np.array([150_000.0, 90_000.0])
    many = fire_sale(pools, [100.0, 60.0], 0.0, owed, 5.0, sale=sales)
    for row, sale in enumerate(sales.tolist()):
        one = fire_sale(POOL, [100.0, 60.0], 0.0, owed, 5.0, sale=sale)
        assert many.price[row] == pytest.approx(one.price) and many.sold[row] == pytest.approx(one.sold)
    network = Network([0.0, 0.0], [0], [1], [40_000.0], [10_000.0, 90_000.0])
    cleared = clear(assets_after(network, many))
    assert cleared.paid.shape == (3, 2) and np.all(np.diff(cleared.paid, axis=0) <= 1e-6)


@given(world=worlds)
@settings(max_examples=300)
def test_losses_are_stolen_destroyed_bought_or_paper(world):
    done = fail_one(**world)
    assert done.lost == pytest.approx(done.stolen + done.costs + done.bought + done.paper, abs=1e-9)
    for name in ("inside", "outside", "owners", "rescuers", "stolen", "costs", "bought", "paper", "withdrawn"):
        assert getattr(done, name) >= -1e-9, name
    assert 0.0 <= done.paid_inside <= 1.0 and 0.0 <= done.paid_outside <= 1.0 and 0.0 < done.price <= 1.0


@given(world=worlds)
@settings(max_examples=100)
def test_placebo_no_claims_and_no_common_assets(world):
    apart = fail_one(**(world | {"linked": 0.0, "exposed": 0.0, "shared": 0.0, "runs": 0.0}))
    assert apart.outside == 0.0 and apart.price == 1.0
    untouched = fail_one(**(world | {"loss": 0.0}))
    assert untouched.lost == pytest.approx(0.0, abs=1e-12)


@given(world=worlds, more=st.floats(0.0, 1.0))
@settings(max_examples=100)
def test_what_helps_and_what_hurts(world, more):
    calm = world | {"runs": 0.0, "isolated": 0.0}
    done = fail_one(**calm)
    helped = fail_one(**(calm | {"rescue": calm["rescue"] + more * (1 - calm["rescue"])}))
    assert helped.inside <= done.inside + 1e-9 and helped.outside <= done.outside + 1e-9
    # What is stolen is not sold: where all hold the same token, a larger theft can press its price less.
    apart = calm | {"shared": 0.0}
    done = fail_one(**apart)
    worse = fail_one(**(apart | {"loss": calm["loss"] + more * (1 - calm["loss"])}))
    assert worse.inside >= done.inside - 1e-9 and worse.outside >= done.outside - 1e-9
    deeper = fail_one(**(calm | {"depth": calm["depth"] * (1 + more)}))
    assert deeper.outside <= fail_one(**calm).outside + 1e-9


@given(world=worlds)
@settings(max_examples=100)
def test_without_common_assets_it_is_the_clearing_of_a_full_network(world):
    world |= {
        "shared": 0.0,
        "runs": 0.0,
        "rescue": 0.0,
        "isolated": 0.0,
        "senior": 0.0,
        "others": world["others"] % 6 + 1,
    }
    size, debts = world["others"] + 1, 1.0 - 1.0 / world["leverage"]
    owed = np.full(size, world["linked"] * debts)
    owed[0] = world["exposed"] * debts
    table = np.repeat(owed[:, None] / (size - 1), size, axis=1)
    np.fill_diagonal(table, 0.0)
    assets = np.maximum(1.0 - np.sum(table, axis=0), 0.0)
    assets[0] *= 1.0 - world["loss"]
    network = Network.of_matrix(assets, table, debts - owed)
    done, want = fail_one(**world), clear(network, world["recovered"])
    assert done.inside == pytest.approx(want.users_loss[0], abs=1e-9)
    assert done.outside == pytest.approx(np.sum(want.users_loss[1:]), abs=1e-8)
    assert done.owners == pytest.approx(size / world["leverage"] - np.sum(want.equity), abs=1e-8)


def test_isolated_markets_and_seniority():
    world = {"loss": 1.0, "others": 3, "leverage": 20.0, "linked": 0.3, "recovered": 0.5, "shared": 0.0}
    open_, apart = fail_one(**world), fail_one(**world, isolated=1.0)
    assert apart.paid_outside == 1.0 > open_.paid_outside and apart.costs < open_.costs
    assert apart.outside < open_.outside
    # Where the others' owners can bear it, isolation spares the owners, at the cost of those who lent there.
    safe = world | {"leverage": 4.0}
    assert fail_one(**safe).outside == 0.0 < fail_one(**safe, isolated=1.0).outside
    assert fail_one(**safe).owners > fail_one(**safe, isolated=1.0).owners
    first = fail_one(**world, senior=1.0)
    assert first.inside > open_.inside
    runs = fail_one(**world, runs=np.array([0.0, 0.3, 0.6]))
    assert np.all(np.diff(runs.withdrawn) > 0)


def test_many_worlds_are_each_world():
    linked = np.linspace(0.0, 0.9, 7)
    many = fail_one(0.9, others=5, leverage=12.0, linked=linked, recovered=0.6)
    for at, part in enumerate(linked.tolist()):
        one = fail_one(0.9, others=5, leverage=12.0, linked=part, recovered=0.6)
        assert many.outside[at] == pytest.approx(one.outside, abs=1e-9)
        assert many.ratio[at] == pytest.approx(one.ratio, abs=1e-9)


@given(locked=st.floats(1.0, 1e6), stolen=st.floats(0.0, 1.0), first=st.floats(0.0, 1.0), snapshot=st.booleans())
def test_a_bridge_pays_what_it_holds(locked, stolen, first, snapshot):
    after = Bridge(locked).steal(stolen * locked).after
    one = after.redeem(first * locked, snapshot)
    two = one.after.redeem(one.after.issued, snapshot)
    assert one.paid + two.paid <= after.locked * (1 + 1e-9)
    if snapshot:
        assert one.paid + two.paid == pytest.approx(after.locked, rel=1e-9, abs=1e-6)
        assert one.paid == pytest.approx(first * locked * (1 - stolen), abs=1e-6)
    else:
        assert one.paid == pytest.approx(min(first * locked, after.locked))


def test_backing_and_forgery():
    assert Bridge(0.0).backing == 1.0 and Bridge(5.0, 10.0).backing == 0.5
    forged = Bridge(500.0).forge(100.0).after
    assert forged == Bridge(500.0, 600.0) and Bridge(500.0).lock(5.0).after == Bridge(505.0)
    never = spend_forged(Bridge(500.0), 100.0, 2e3, 0.8, pace=10.0, paused_after=0.0, cap=90.0)
    assert never.borrowed == 0.0 and never.holders_loss == 0.0
    late = spend_forged(Bridge(500.0), 100.0, 2e3, 0.8, 10.0, np.array([1.0, 9.0, 50.0]), 90.0)
    assert late.borrowed.tolist() == [16e3, 144e3, 144e3]
    shared = spend_forged(Bridge(500.0), 100.0, 2e3, 0.8, 10.0, 50.0, 90.0, snapshot=False)
    assert shared.holders_loss > 0 and shared.lenders_loss == 0.0
    assert shared.holders_loss == pytest.approx(90 * 2e3 * 500 / 590)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: deleverage(10.0, 20.0, 0.1), "assets"),
        (lambda: deleverage(10.0, 5.0, 1.1), "shock"),
        (lambda: fire_sale(POOL, [-1.0], 0.0, [1.0], 2.0), "tokens"),
        (lambda: fire_sale(POOL, [1.0], 0.0, [1.0], 1.0), "max_leverage"),
        (lambda: fire_sale(POOL, [100.0], 0.0, [150_000.0], 3.0, sale=100.0, max_rounds=1), "max_rounds"),
        (lambda: fail_one(1.1), "loss"),
        (lambda: fail_one(0.5, exposed=-0.1), "exposed"),
        (lambda: fail_one(0.5, others=0), "others"),
        (lambda: fail_one(0.5, leverage=0.5), "leverage"),
        (lambda: fail_one(0.5, depth=0.0), "depth"),
        (lambda: fail_one(0.5, isolated=-0.1), "isolated"),
        (lambda: Bridge(-1.0), "locked"),
        (lambda: Bridge(1.0).steal(2.0), "amount"),
        (lambda: Bridge(1.0).redeem(2.0), "amount"),
        (lambda: spend_forged(Bridge(1.0), 1.0, 1.0, 1.5, 1.0, 1.0, 1.0), "loan_to_value"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_who_fails_owes_as_much_as_the_others_unless_it_is_said():
    world = {"loss": 0.7, "others": 4, "leverage": 15.0, "linked": 0.3, "recovered": 0.7}
    assert fail_one(**world) == fail_one(**world, exposed=0.3)
    # A star: three others hold half of its debts and nobody else's; each dollar it does not pay is a dollar lost there.
    star = fail_one(0.5, others=3, leverage=1e9, linked=0.0, shared=0.0, exposed=0.5)
    assert star.inside == pytest.approx(0.25) and star.outside == pytest.approx(0.25)
