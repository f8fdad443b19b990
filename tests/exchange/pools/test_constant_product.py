from fractions import Fraction
from math import isqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import MINIMUM_LIQUIDITY, ConstantProductPool, arbitrage_outside, open_pool
from defi_lib.ledger import Ledger
from tests.support.vectors import cases

CASES = cases("uniswap_v2")

amounts = st.floats(1e-9, 1e12)
fees = st.floats(0, 0.5)


@pytest.fixture
def pool():
    return ConstantProductPool((1000.0, 2e6), fee=0.003)


def test_check_values(pool):
    free = ConstantProductPool((1000.0, 2e6), fee=0.0).swap_exact_in(10.0)
    assert free.amount_out == pytest.approx(19_801.980198, rel=1e-10)
    assert free.price_impact == pytest.approx(0.00990099, rel=1e-6)
    swap = pool.swap_exact_in(10.0)
    assert swap.amount_out == pytest.approx(19_743.160687, rel=1e-10)
    x, y = swap.pool.reserves
    assert x * y / 2e9 == pytest.approx(1.000029704, rel=1e-9)
    assert pool.shares == pytest.approx(44_721.359550, rel=1e-10)


def raw(state, params):
    """Reserves and shares of a vector's state, in tokens."""
    scale = [10.0 ** int(params[f"decimals{i}"]) for i in (0, 1)]
    return tuple(int(state[f"reserve{i}"]) / scale[i] for i in (0, 1)), int(state["total_supply"]) / 1e18, scale


def close(got, want, units, balance):
    """Within the tolerance of the vectors: float rounding and two of the contract's smallest units."""
    assert abs(got - int(want) / units) <= 1e-9 * int(want) / units + 2 / units + 1e-14 * balance


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_contract(case):
    inputs, want = case["inputs"], case["outputs"]
    reserves, shares, scale = raw(case["state_before"], case["params"])
    after, shares_after, _ = raw(case["state_after"], case["params"])
    if case["op"] == "mint" and shares == 0:
        first = open_pool(tuple(int(inputs[f"amount{i}"]) / scale[i] for i in (0, 1)))
        root = np.sqrt(scale[0] * scale[1]) / 1e18  # the contract takes the root of raw units
        assert (first.pool.shares * root, first.pool.reserves) == (pytest.approx(shares_after, rel=1e-14), after)
        return
    pool = ConstantProductPool(reserves, 0.003, shares)
    if case["op"].startswith("swap"):
        token = 0 if inputs["zero_for_one"] else 1
        if case["op"] == "swap_exact_in":
            step = pool.swap_exact_in(int(inputs["amount_in"]) / scale[token], token, 1 - token)
            close(step.amount_out, want["amount_out"], scale[1 - token], reserves[1 - token])
        else:
            step = pool.swap_exact_out(int(inputs["amount_out"]) / scale[1 - token], token, 1 - token)
            close(step.amount_in, want["amount_in"], scale[token], reserves[token])
    elif case["op"] == "quote":
        amount = int(inputs["amount0"]) / scale[0]
        close(pool.matching_amount(amount), want["amount1"], scale[1], reserves[1])
        return
    elif case["op"] == "mint":
        step = pool.add_liquidity(tuple(int(inputs[f"amount{i}"]) / scale[i] for i in (0, 1)))
        close(step.shares, want["liquidity"], 1e18, shares)
    else:
        step = pool.remove_liquidity(int(inputs["liquidity"]) / 1e18)
        for i in (0, 1):
            close(step.amounts[i], want[f"amount{i}"], scale[i], reserves[i])
    if not want["reverted"]:
        for i in (0, 1):
            close(step.pool.reserves[i], case["state_after"][f"reserve{i}"], scale[i], reserves[i])
        close(step.pool.shares, case["state_after"]["total_supply"], 1e18, shares)


@given(x=amounts, y=amounts, amount=st.floats(0, 1e13), fee=fees)
def test_exact_against_fractions(x, y, amount, fee):
    swap = ConstantProductPool((x, y), fee).swap_exact_in(amount)
    net = Fraction(amount) * (1 - Fraction(fee))
    want = Fraction(y) * net / (Fraction(x) + net)
    assert swap.amount_out == pytest.approx(float(want), rel=1e-14)
    assert swap.pool.reserves[1] == pytest.approx(float(Fraction(y) - want), rel=1e-14)
    assert swap.pool.reserves[0] == x + amount


@given(x=amounts, y=amounts, part=st.floats(1e-9, 0.99), fee=fees)
def test_exact_out_undoes_exact_in(x, y, part, fee):
    pool = ConstantProductPool((x, y), fee)
    bought = pool.swap_exact_out(part * y)
    assert pool.swap_exact_in(bought.amount_in).amount_out == pytest.approx(part * y, rel=1e-12)
    assert bought.fee == bought.amount_in * fee
    assert bought.pool.reserves[0] * bought.pool.reserves[1] >= x * y * (1 - 1e-14)
    back = bought.pool.swap_exact_in(part * y, 1, 0)
    assert back.amount_out <= bought.amount_in * (1 + 1e-12)


@given(x=amounts, y=amounts, part=st.floats(1e-9, 0.99), fee=fees)
def test_liquidity_is_proportional_and_conserved(x, y, part, fee):
    pool = ConstantProductPool((x, y), fee)
    added = pool.add_liquidity((x * part, pool.matching_amount(x * part)))
    assert added.shares == pytest.approx(pool.shares * part, rel=1e-12)
    left = added.pool.remove_liquidity(added.shares)
    assert left.amounts == (pytest.approx(x * part, rel=1e-9), pytest.approx(y * part, rel=1e-9))
    assert left.pool.reserves == (pytest.approx(x, rel=1e-9), pytest.approx(y, rel=1e-9))
    assert left.pool.price() == pytest.approx(pool.price(), rel=1e-9)


def test_excess_of_an_unbalanced_deposit_is_a_gift(pool):
    assert pool.add_liquidity((10.0, 1e6)).shares == pool.add_liquidity((10.0, 20_000.0)).shares


@pytest.mark.parametrize("token", [0, 1])
def test_scenarios_agree_with_scalars(token):
    reserves = np.array([1e-6, 3.0, 1e9]), np.array([5.0, 1e12, 2e-3])
    fee, amount = np.array([0.0, 0.003, 0.9]), np.array([0.0, 2.0, 1e15])
    pool = ConstantProductPool(reserves, fee)
    swap = pool.swap_exact_in(amount, token, 1 - token)
    for i in range(3):
        alone = ConstantProductPool((float(reserves[0][i]), float(reserves[1][i])), float(fee[i]))
        want = alone.swap_exact_in(float(amount[i]), token, 1 - token)
        for name in ("amount_out", "fee", "price_before", "price_after", "average_price", "price_impact", "cost"):
            assert getattr(swap, name)[i] == pytest.approx(getattr(want, name), rel=1e-14), name
        assert pool.shares[i] == pytest.approx(alone.shares, rel=1e-14)


def test_one_pool_broadcasts_over_trades_and_fees(pool):
    assert pool.swap_exact_in(np.arange(5.0)).amount_out.shape == (5,)
    grid = ConstantProductPool((1000.0, 2e6), fee=np.array([[0.0], [0.01]])).swap_exact_in(np.arange(5.0))
    assert grid.cost.shape == (2, 5) and np.all(np.isfinite(grid.cost))
    assert grid.cost[:, 0] == pytest.approx([0.0, 0.01])
    assert pool.swap_exact_in(np.array([])).amount_out.shape == (0,)


def test_an_empty_trade_costs_the_fee(pool):
    swap = pool.swap_exact_in(0.0)
    assert (swap.amount_out, swap.fee, swap.price_impact) == (0, 0, 0)
    assert swap.cost == pytest.approx(0.003) and swap.pool == pool
    assert swap.average_price == pytest.approx(0.997 * 2000)


@pytest.mark.parametrize("amount", [1e-300, 1e-30, 1e-12, 1e12, 1e30, 1e200])
def test_no_amount_breaks_the_pool(pool, amount):
    swap = pool.swap_exact_in(amount)
    x, y = swap.pool.reserves
    assert 0 < swap.amount_out <= 2e6 and x > 0 and y > 0
    assert np.isfinite([swap.cost, swap.price_after, swap.price_impact]).all()


def protocol_shares(supply, k_last, reserves, divisor=6):
    """Uniswap v2's integers: a share 1/6 of the growth of √k."""
    root, last = isqrt(reserves[0] * reserves[1]), isqrt(k_last)
    return supply * (root - last) // ((divisor - 1) * root + last)


def test_protocol_fee_against_integers():
    x, y = 10**24, 3 * 10**24
    supply = isqrt(x * y)
    pool = ConstantProductPool((1e6, 3e6), 0.003, protocol_fee=1 / 6)
    pool = pool.swap_exact_in(1e5).pool.swap_exact_in(2e5, 1, 0).pool
    reserves = tuple(round(Fraction(reserve) * 10**18) for reserve in pool.reserves)
    want = protocol_shares(supply, x * y, reserves) / 1e18
    for change in (pool.remove_liquidity(1.0), pool.add_liquidity((1.0, 3.0))):
        assert change.protocol_shares == pytest.approx(want, rel=1e-10)
        assert change.pool.remove_liquidity(1.0).protocol_shares == pytest.approx(0, abs=1e-9)
    assert pool.remove_liquidity(1.0).pool.shares == pytest.approx(pool.shares + want - 1, rel=1e-14)


def test_protocol_gets_its_part_of_the_growth_and_nothing_of_a_loss():
    growth = ConstantProductPool((121.0, 100.0), shares=100.0, protocol_fee=0.25, root_k_last=100.0)
    change = growth.remove_liquidity(1.0)
    value = change.protocol_shares / (growth.shares + change.protocol_shares) * 110
    assert value == pytest.approx(0.25 * 10, rel=1e-12)
    shrunk = ConstantProductPool((81.0, 100.0), shares=100.0, protocol_fee=0.25, root_k_last=100.0)
    assert shrunk.remove_liquidity(1.0).protocol_shares == 0


def test_a_donation_belongs_to_all_shares(pool):
    gift = pool.donate((100.0, 2e5))
    assert gift.pool.reserves == (1100.0, 2.2e6) and gift.pool.shares == pool.shares and gift.pool.price() == 2000.0
    assert gift.pool.remove_liquidity(0.5 * pool.shares).amounts == pytest.approx((550.0, 1.1e6))
    # One-sided, it moves the price, and who trades it back takes a part of it.
    found = arbitrage_outside(pool.donate((0.0, 2e5)).pool, 2000.0)
    assert 0 < found.profit < 2e5 * 0.05
    ledger = Ledger()
    ledger.party("giver", "user"), ledger.party("pool", "pool")
    ledger.book(gift, party="giver")
    assert ledger.balance("pool", "USD") == 2e5 and ledger.balance("giver", "ETH") == -100.0


def test_the_protocol_takes_its_part_of_a_donation_as_of_a_fee():
    pool = ConstantProductPool((100.0, 100.0), protocol_fee=0.25).donate((21.0, 0.0)).pool
    assert pool.remove_liquidity(1.0).protocol_shares / (
        pool.shares + pool.remove_liquidity(1.0).protocol_shares
    ) * 110 == (pytest.approx(0.25 * 10))


def test_sync_counts_what_is_there_and_skim_takes_what_is_not_counted(pool):
    held = (1010.0, 2e6)
    counted, skimmed = pool.sync(held), pool.skim(held)
    assert counted.pool.reserves == held and counted.amounts == (10.0, 0.0)
    assert skimmed.pool is pool and skimmed.amounts == (-10.0, 0.0)
    (move,) = skimmed.transfers("bot", "pair", ("ETH", "USD"))
    assert (move.payer, move.payee, move.amount, move.asset) == ("pair", "bot", 10.0, "ETH")
    # A token that shrinks by itself (rebase): sync follows, skim finds nothing.
    assert pool.sync((900.0, 2e6)).amounts == (-100.0, 0.0)
    assert pool.skim((1000.0, 2e6 * (1 - 1e-16))).amounts == (0.0, 0.0)
    many = pool.donate((np.array([0.0, 1.0]), 0.0)).pool
    assert many.price()[1] == pool.donate((1.0, 0.0)).pool.price()


def test_open_pool_locks_shares():
    first = open_pool((4.0, 9.0))
    assert (first.before, first.amounts) == (None, (4.0, 9.0))
    assert first.shares == 6.0 - MINIMUM_LIQUIDITY and first.pool.shares == pytest.approx(6.0, rel=1e-15)
    assert open_pool((4.0, 9.0), minimum_liquidity=0).shares == pytest.approx(6.0, rel=1e-15)


POOL = ConstantProductPool((1000.0, 2e6))
MANY = ConstantProductPool((np.array([1000.0, 1.0]), 2e6))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ConstantProductPool((0.0, 1.0)), ["reserves[0] = 0", "(0, inf)"]),
        (lambda: ConstantProductPool((1.0, np.array([1, -2]))), ["reserves[1][1] = -2", "(0, inf)"]),
        (lambda: ConstantProductPool((1.0, 2.0, 3.0)), ["reserves has 3", "exactly 2"]),
        (lambda: ConstantProductPool(5.0), ["reserves = 5.0", "exactly 2"]),
        (lambda: ConstantProductPool((1.0, 2.0), fee=1.0), ["fee = 1", "[0, 1)"]),
        (lambda: ConstantProductPool((1.0, 2.0), fee=float("nan")), ["fee = nan", "[0, 1)"]),
        (lambda: ConstantProductPool((1.0, 2.0), shares=0.0), ["shares = 0", "(0, inf)"]),
        (lambda: ConstantProductPool((1.0, 2.0), protocol_fee=-0.1), ["protocol_fee = -0.1", "[0, 1)"]),
        (lambda: ConstantProductPool((1.0, 2.0), root_k_last=-1.0), ["root_k_last = -1", "[0, inf)"]),
        (lambda: ConstantProductPool((np.ones(2), np.ones(3))), ["reserves[0] (2,)", "reserves[1] (3,)"]),
        (lambda: ConstantProductPool((np.ones(2), 1.0), fee=np.zeros(3)), ["fee (3,)", "equal shapes"]),
        (lambda: POOL.price(0, 2), ["quote = 2", "0 to 1"]),
        (lambda: POOL.price(-1, 0), ["token = -1", "0 to 1"]),
        (lambda: POOL.price(1, 1), ["quote = 1 equals token"]),
        (lambda: POOL.swap_exact_in(-1.0), ["amount_in = -1", "[0, inf)"]),
        (lambda: POOL.swap_exact_in(np.array([1.0, np.inf])), ["amount_in[1] = inf", "[0, inf)"]),
        (lambda: POOL.swap_exact_in("1"), ["amount_in = '1'", "number"]),
        (lambda: POOL.swap_exact_in(1.0, 0, 2), ["token_out = 2", "0 to 1"]),
        (lambda: POOL.swap_exact_in(1.0, 1, 1), ["token_out = 1 equals token_in"]),
        (lambda: MANY.swap_exact_in(np.ones(3)), ["amount_in (3,)", "reserve_in (2,)"]),
        (lambda: POOL.swap_exact_out(2e6), ["amount_out = 2000000", "[0, 2000000)"]),
        (lambda: POOL.swap_exact_out(-1e-9), ["amount_out = -1e-09", "[0, 2000000)"]),
        (lambda: MANY.swap_exact_out(np.ones(3), 1, 0), ["amount_out (3,)", "(2,)"]),
        (lambda: POOL.matching_amount(-1.0), ["amount = -1", "[0, inf)"]),
        (lambda: POOL.matching_amount(1.0, 2), ["token = 2", "0 to 1"]),
        (lambda: MANY.matching_amount(np.ones(3)), ["amount (3,)", "price (2,)"]),
        (lambda: POOL.add_liquidity((1.0, 0.0)), ["amounts[1] = 0", "(0, inf)"]),
        (lambda: POOL.add_liquidity((1.0, 1.0, 1.0)), ["amounts has 3", "exactly 2"]),
        (lambda: POOL.add_liquidity((1.0,)), ["amounts has 1", "exactly 2"]),
        (lambda: MANY.add_liquidity((np.ones(3), 1.0)), ["amounts[0] (3,)", "reserves[0] (2,)"]),
        (lambda: POOL.remove_liquidity(POOL.shares), ["shares = ", "[0, 44721.35955)"]),
        (lambda: POOL.remove_liquidity(-1.0), ["shares = -1", "[0, 44721.35955)"]),
        (lambda: POOL.donate((1.0, -1.0)), ["amounts[1] = -1", "[0, inf)"]),
        (lambda: POOL.donate((1.0,)), ["amounts has 1", "exactly 2"]),
        (lambda: POOL.sync((0.0, 1.0)), ["balances[0] = 0", "(0, inf)"]),
        (lambda: POOL.sync((np.ones(2), np.ones(3))), ["balances[0] (2,)", "balances[1] (3,)"]),
        (lambda: POOL.skim((999.0, 2e6)), ["balances[0] = 999", "[1000, inf]"]),
        (lambda: open_pool((1e-16, 1e-16)), ["minimum_liquidity = ", "(0, inf)"]),
        (lambda: open_pool((1.0, 1.0), minimum_liquidity=-1.0), ["minimum_liquidity = -1", "[0, inf)"]),
        (lambda: open_pool((1.0, -1.0)), ["amounts[1] = -1", "(0, inf)"]),
    ],
)
def test_errors(call, words):
    with pytest.raises(ValueError) as error:
        call()
    assert all(word in str(error.value) for word in words), str(error.value)


@settings(max_examples=50)
@given(data=st.data())
def test_value_is_conserved_along_any_trades(data):
    start = data.draw(amounts), data.draw(amounts)
    pool = ConstantProductPool(start, data.draw(fees))
    held = [0.0, 0.0]
    for _ in range(data.draw(st.integers(1, 10))):
        token = data.draw(st.sampled_from([0, 1]))
        swap = pool.swap_exact_in(data.draw(st.floats(0, 10)) * pool.reserves[token], token, 1 - token)
        held[token] -= swap.amount_in
        held[1 - token] += swap.amount_out
        pool = swap.pool
    moved = max(
        abs(held[0]) / start[0], abs(held[1]) / start[1], pool.reserves[0] / start[0], pool.reserves[1] / start[1]
    )
    for i in (0, 1):
        assert pool.reserves[i] + held[i] == pytest.approx(start[i], abs=1e-13 * moved * start[i])
