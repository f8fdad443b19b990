import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import ConstantProductPool, WeightedPool, pull_liquidity
from defi_lib.ledger import Ledger
from defi_lib.risk import (
    WAYS,
    LaunchedToken,
    chance_to_be_spared,
    expected_loss_of_buyers,
    hidden_mint,
    insider_sale,
    paused_withdrawals,
    pull_and_sell,
    sale_tax,
)

POOL = ConstantProductPool((1000.0, 100_000.0), fee=0.0)
parts, amounts = st.floats(0.0, 1.0), st.floats(0.0, 1e5)
shares = st.floats(0.0, 0.99)


def all_ways(pool, tokens, held, tax, share, first):
    return [
        insider_sale(pool, tokens, held, first),
        hidden_mint(pool, tokens, held, first),
        sale_tax(pool, tax, held, first),
        paused_withdrawals(pool, tokens, held, first, released=tax),
        pull_and_sell(pool, share, held, first, tokens=tokens),
    ]


@settings(max_examples=80, deadline=None)
@given(amounts, amounts, parts, shares, parts, st.floats(0.0, 0.1))
def test_what_some_lose_others_have(tokens, held, tax, share, first, fee):
    pool = ConstantProductPool((1000.0, 100_000.0), fee)
    for taken in all_ways(pool, tokens, held, tax, share, first):
        near = {"rel": 1e-9, "abs": 1e-6}
        dollars = taken.pool.reserves[1] + taken.early + taken.late + taken.taken
        assert dollars == pytest.approx(100_000.0, **near)
        coins = taken.pool.reserves[0] + taken.pulled_tokens - taken.early_tokens - taken.sold - taken.late_tokens
        assert coins == pytest.approx(1000.0, **near)
        untouched = pool.swap_exact_in(held, 0, 1)
        assert taken.buyers_lost + taken.pool_lost == pytest.approx(taken.taken, **near)
        assert taken.pool_lost == pytest.approx(untouched.pool.reserves[1] - taken.pool.reserves[1], **near)
        assert taken.paper >= -1e-6 and taken.buyers_lost >= -1e-6
        ledger = Ledger(new_parties="by name")
        ledger.book(taken)
        ledger.check_conserved()


@settings(max_examples=40, deadline=None)
@given(amounts, parts)
def test_a_maker_without_anything_takes_nothing(held, first):
    nothing = LaunchedToken(POOL, held)
    for way in WAYS:
        taken = nothing.take(way, first=first)
        assert taken.taken == 0.0 and abs(taken.buyers_lost) < 1e-6


def test_the_way_of_the_literature():
    pulled = pull_and_sell(POOL, 0.95, held=100.0)
    assert pulled.taken == pytest.approx(95_000.0)
    other = pull_liquidity(POOL, 0.95, 100.0)
    assert pulled.late == pytest.approx(other.sale.amount_out) and pulled.buyers_lost == pytest.approx(
        other.holder_loss
    )


def test_a_lock_stops_the_pull_until_its_last_day_and_nothing_else():
    token = LaunchedToken(
        POOL, 100.0, tokens=50.0, share=0.95, lock=30.0, mint_right=1e6, highest_tax=0.5, may_pause=True
    )
    assert token.take("pulled liquidity", day=29.9).taken == 0.0
    assert token.take("pulled liquidity", day=30.0).taken == pytest.approx(95_000.0)
    for way in WAYS[:-1]:
        assert token.take(way, day=0.0).taken > 0.0
    assert token.most_taken(day=0.0).way == "hidden mint"


def test_who_is_first_is_paid_and_a_pause_lets_nobody_go():
    early, late = insider_sale(POOL, 500.0, 100.0, first=1.0), insider_sale(POOL, 500.0, 100.0)
    assert early.buyers_lost == pytest.approx(0.0) and late.buyers_lost > 0
    shut = paused_withdrawals(POOL, 500.0, 100.0)
    assert shut.late == 0.0 and shut.taken == late.taken and shut.pool_lost < late.pool_lost
    assert paused_withdrawals(POOL, 500.0, 100.0, released=1.0).late == late.late


def test_a_tax_of_nothing_takes_nothing_and_a_full_one_everything():
    assert sale_tax(POOL, 0.0, 100.0).taken == 0.0
    pot = sale_tax(POOL, 1.0, 100.0)
    assert pot.taken == pytest.approx(pot.worth_before) == pytest.approx(pot.buyers_lost)


def test_ways_in_many_worlds():
    shares_of = np.array([0.0, 0.5, 0.9])
    many = pull_and_sell(POOL, shares_of, 100.0, day=np.array([0.0, 9.0, 9.0]), lock=np.array([0.0, 10.0, 9.0]))
    assert many.taken.tolist() == pytest.approx([0.0, 0.0, 90_000.0])
    assert hidden_mint(POOL, np.array([0.0, 1.0]), 10.0).taken[0] == 0.0


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.floats(1.0, 500.0), parts, st.integers(0, 4), shares)
def test_expected_losses_by_hand_for_every_strike(buyers, money, chance, wait, share):
    pool = ConstantProductPool((1000.0, 1000.0), fee=0.003)
    found = expected_loss_of_buyers(pool, money, buyers, chance, wait, share)
    pools, mine = [], []
    for _ in range(buyers):
        step = pool.swap_exact_in(money, 1, 0)
        pool = step.pool
        pools.append(pool)
        mine.append(step.amount_out)
    for k in range(buyers):
        got, last = 0.0, min(k + wait, buyers - 1)
        for strike in range(k, last + 2):  # the last one: never, while he holds
            odds = (1 - chance) ** (strike - k) * (chance if strike <= last else 1.0)
            now = pools[strike] if strike <= last else pools[last]
            x, y = (reserve * ((1 - share) if strike <= last else 1.0) for reserve in now.reserves)
            got += odds * y * 0.997 * mine[k] / (x + 0.997 * mine[k])
        assert found[k] == pytest.approx(1 - got / money, abs=1e-9)


def test_without_a_strike_the_early_gain_and_the_last_only_pays_fees():
    free = expected_loss_of_buyers(ConstantProductPool((1000.0, 1000.0), fee=0.0), 50.0, 20, 0.0, 30)
    assert np.all(np.diff(free) > 0) and free[0] < 0 and free[-1] == pytest.approx(0.0)
    sure = expected_loss_of_buyers(POOL, 5_000.0, 4, np.array([0.0, 1.0]), 3, share=0.99)
    assert np.all(sure[:, 1] > 0.5) and sure.shape == (4, 2)
    assert chance_to_be_spared(0.0, 9) == 1.0 and chance_to_be_spared(0.5, 0) == 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: insider_sale(POOL, -1.0, 1.0), r"tokens = -1"),
        (lambda: insider_sale(POOL, 1.0, -1.0), r"held = -1"),
        (lambda: insider_sale(POOL, 1.0, 1.0, 1.1), r"first = 1\.1"),
        (lambda: hidden_mint(POOL, -1.0, 1.0), r"minted = -1"),
        (lambda: sale_tax(POOL, 1.1, 1.0), r"tax = 1\.1"),
        (lambda: paused_withdrawals(POOL, 1.0, 1.0, released=-0.1), r"released = -0\.1"),
        (lambda: pull_and_sell(POOL, 1.0, 1.0), r"share = 1"),
        (lambda: pull_and_sell(POOL, 0.5, 1.0, day=-1.0), r"day = -1"),
        (lambda: pull_and_sell(POOL, 0.5, 1.0, lock=-1.0), r"lock = -1"),
        (lambda: LaunchedToken(POOL, 1.0, mint_right=-1.0), r"mint_right = -1"),
        (lambda: LaunchedToken(POOL, 1.0, highest_tax=2.0), r"highest_tax = 2"),
        (lambda: LaunchedToken(POOL, 1.0).take("magic"), r"way = 'magic'"),
        (lambda: expected_loss_of_buyers(POOL, 0.0, 3, 0.1, 1), r"money = 0"),
        (lambda: expected_loss_of_buyers(POOL, 1.0, 0, 0.1, 1), r"buyers = 0"),
        (lambda: expected_loss_of_buyers(POOL, 1.0, 3, 1.1, 1), r"chance = 1\.1"),
        (lambda: expected_loss_of_buyers(POOL, 1.0, 3, 0.1, -1), r"wait = -1"),
        (lambda: expected_loss_of_buyers(WeightedPool((1.0, 1.0), (0.8, 0.2)), 1.0, 3, 0.1, 1), r"WeightedPool"),
        (lambda: chance_to_be_spared(0.1, -1), r"wait = -1"),
    ],
)
def test_errors_name_the_argument_its_value_and_the_range(call, message):
    with pytest.raises(ValueError, match=message):
        call()
