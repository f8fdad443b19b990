from decimal import Decimal, localcontext
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import NO_LIMITS, POWER_ERROR, ConstantProductPool, Limits, WeightedPool
from defi_lib.exchange.pools.weighted import _power
from tests.support.vectors import cases

CASES = cases("balancer_weighted")
TOKEN = 10**18  # smallest units of a token, of a weight and of a fee


def tokens(value):
    return tuple(map(tokens, value)) if isinstance(value, list) else int(value) / TOKEN


def run(case, power_error):
    """What the pool answers to a vector's question, and the balance that the contract's rounding scales with."""
    given_ = {name: tokens(value) for name, value in case["inputs"].items()}
    op = case["op"]
    if op.startswith("pow"):
        return 1 + _power(given_["y"] * np.log(given_["x"]), power_error * (1 if op == "pow_up" else -1)), 1
    if op in ("out_given_in", "in_given_out"):
        reserves = given_["balance_in"], given_["balance_out"]
        pool = WeightedPool(reserves, (given_["weight_in"], given_["weight_out"]), fee=0, power_error=power_error)
        if op == "out_given_in":
            return pool.swap_exact_in(given_["amount_in"]).amount_out, reserves[1]
        return pool.swap_exact_out(given_["amount_out"]).amount_in, reserves[0]
    if op == "invariant":
        pool = WeightedPool(given_["balances"], given_["weights"])
        return pool.invariant * (1 - power_error * len(pool.reserves)), pool.invariant
    supply, fee = given_["bpt_supply"], given_.get("swap_fee", 0.0)
    if "balance" in given_:  # a single token of a pool whose other reserves do not matter
        weights = given_["weight"], 1 - given_["weight"]
        pool = WeightedPool((given_["balance"], 1.0), weights, fee, supply, power_error=power_error)
        if op == "token_in_given_exact_bpt_out":
            return pool.add_single_asset(given_["bpt_out"]).amounts[0], given_["balance"]
        return pool.remove_single_asset(given_["bpt_in"]).amounts[0], given_["balance"]
    weights = given_.get("weights", (0.5, 0.5))
    pool = WeightedPool(given_["balances"], weights, fee, supply, power_error=power_error)
    if op == "bpt_out_given_exact_tokens_in":
        return pool.add_liquidity(given_["amounts_in"]).shares, supply
    if op == "bpt_in_given_exact_tokens_out":
        return pool.remove_exact_amounts(given_["amounts_out"]).shares, supply
    return pool.remove_liquidity(given_["bpt_in"]).amounts, given_["balances"]


def wanted(case):
    (value,) = (value for name, value in case["outputs"].items() if name != "reverted")
    return value


@pytest.mark.parametrize("case", [c for c in CASES if not c["outputs"]["reverted"]], ids=lambda case: case["id"])
def test_contract(case):
    got, balance = run(case, POWER_ERROR)
    want = tokens(wanted(case))
    # Ten times tighter than the bound that the contract puts on a power.
    assert np.all(np.abs(np.subtract(got, want)) <= np.multiply(1e-13, want) + 2 / TOKEN + np.multiply(1e-15, balance))


@pytest.mark.parametrize("case", [c for c in CASES if not c["outputs"]["reverted"]], ids=lambda case: case["id"])
def test_formula_differs_from_contract_by_its_bound_on_powers(case):
    got, balance = run(case, 0.0)
    want = tokens(wanted(case))
    bound = POWER_ERROR * len(case["inputs"].get("weights", [1]))
    assert np.all(
        np.abs(np.subtract(got, want)) <= 1e-9 * np.array(want) + 2 / TOKEN + 1.001 * bound * np.array(balance)
    )


def test_every_vector_is_used():
    assert len(CASES) == 61 and sum(case["outputs"]["reverted"] for case in CASES) == 2


@pytest.mark.parametrize("case", [c for c in CASES if c["outputs"]["reverted"]], ids=lambda case: case["id"])
def test_contract_refuses(case):
    name = "amount_in" if case["op"] == "out_given_in" else "amount_out"
    # The case exceeds the limit by one of 3e20 units, which no float resolves: refused is what exceeds it by more than
    # rounding, since exactly 30 % is allowed and has no exact float either.
    beyond = tokens(case["inputs"][name]) * (1 + 1e-14)
    reserves = tokens(case["inputs"]["balance_in"]), tokens(case["inputs"]["balance_out"])
    pool = WeightedPool(reserves, (0.5, 0.5), fee=0)
    with pytest.raises(ValueError, match=name):
        (pool.swap_exact_in if name == "amount_in" else pool.swap_exact_out)(beyond)


@given(reserve=st.integers(1, 10**6), decimals=st.integers(0, 6), fee=st.sampled_from([0.0, 0.003, 0.1]))
def test_exactly_the_limit_is_allowed_whatever_the_rounding(reserve, decimals, fee):
    def pool(fee):
        return WeightedPool((reserve / 10**decimals, 50.0), (0.5, 0.5), fee, shares=reserve / 10**decimals)

    part = 3 * reserve / 10 ** (decimals + 1)  # as a person writes 30 % of the reserve
    assert pool(fee).swap_exact_in(part / (1 - fee)).amount_out > 0
    assert pool(fee).swap_exact_out(part, 1, 0).amount_in > 0
    assert pool(fee).remove_single_asset(part).shares == part
    assert pool(fee).add_single_asset(2 * reserve / 10**decimals).amounts[0] > 0
    beyond = part * (1 + 1e-13)
    for call in (
        lambda: pool(0.0).swap_exact_in(beyond),
        lambda: pool(fee).swap_exact_out(np.array([0.0, beyond]), 1, 0),
        lambda: pool(fee).remove_single_asset(beyond),
    ):
        with pytest.raises(ValueError, match="outside the allowed range"):
            call()


def test_dust_buys_nothing_from_the_contract():
    pool = WeightedPool((1000.0, 2e6), (0.5, 0.5), fee=0, power_error=POWER_ERROR)
    assert pool.swap_exact_in(1e-12).amount_out == 0 and pool.swap_exact_in(1e-12).pool.reserves[1] == 2e6
    assert pool._replace(power_error=0.0).swap_exact_in(1e-12).amount_out == pytest.approx(2e-9, rel=1e-14)


def test_check_values():
    pool = WeightedPool((100.0, 100.0), (0.8, 0.2), fee=0)
    assert pool.swap_exact_in(10.0).amount_out == pytest.approx(31.698654, rel=2e-8)
    for fee, want in ((0.0, 19_801.980198), (0.003, 19_743.160687)):
        pool = WeightedPool((1000.0, 2e6), (0.5, 0.5), fee)
        assert pool.swap_exact_in(10.0).amount_out == pytest.approx(want, rel=1e-10)
    assert WeightedPool((3.0, 5.0, 7.0), (0.2, 0.3, 0.5)).shares == pytest.approx(
        3 * 3**0.2 * 5**0.3 * 7**0.5, rel=1e-15
    )


@given(
    balances=st.tuples(st.floats(1e-6, 1e12), st.floats(1e-6, 1e12)),
    amount=st.floats(1e-20, 1e6),
    weight=st.floats(0.01, 0.99),
    fee=st.floats(0, 0.5),
)
def test_against_fifty_digits(balances, amount, weight, fee):
    pool = WeightedPool(balances, (weight, 1 - weight), fee, limits=NO_LIMITS)
    amount *= balances[0]
    with localcontext(prec=50):
        x, y, net = Decimal(balances[0]), Decimal(balances[1]), Decimal(amount) * (1 - Decimal(fee))
        left = y * (x / (x + net)) ** (Decimal(weight) / Decimal(1 - weight))
        if left < Decimal("1e-300"):
            return
        want = float(y - left)
    swap = pool.swap_exact_in(amount)
    assert swap.amount_out == pytest.approx(want, rel=5e-15, abs=1e-15 * want * abs(np.log(float(left / y) or 1)))
    assert swap.pool.reserves[1] == pytest.approx(float(left), rel=1e-12)


@given(weight=st.floats(0.02, 0.98), part=st.floats(1e-12, 0.29), fee=st.floats(0, 0.5))
def test_exact_out_undoes_exact_in(weight, part, fee):
    pool = WeightedPool((50.0, 3e6), (weight, 1 - weight), fee, limits=NO_LIMITS)
    sold = pool.swap_exact_in(50 * part)
    bought = pool.swap_exact_out(sold.amount_out)
    assert bought.amount_in == pytest.approx(sold.amount_in, rel=1e-11)
    assert bought.fee == pytest.approx(sold.fee, rel=1e-9, abs=1e-30)
    assert sold.pool.invariant >= pool.invariant * (1 - 1e-14)


def test_equal_weights_trade_like_a_constant_product():
    weighted, product = WeightedPool((7.0, 90.0), (0.5, 0.5)), ConstantProductPool((7.0, 90.0))
    for token in (0, 1):
        a, b = (pool.swap_exact_in(1.5, token, 1 - token) for pool in (weighted, product))
        for name in ("amount_out", "fee", "price_before", "price_after", "price_impact", "cost", "average_price"):
            assert getattr(a, name) == pytest.approx(getattr(b, name), rel=1e-13)


def test_price_is_the_limit_of_small_trades():
    pool = WeightedPool((10.0, 20.0, 70.0), (0.5, 0.3, 0.2), fee=0.01)
    for token, quote in ((0, 1), (2, 0), (1, 2)):
        swap = pool.swap_exact_in(1e-9, token, quote)
        assert swap.average_price == pytest.approx(pool.price(token, quote) * 0.99, rel=1e-8)
        assert pool.price(token, quote) * pool.price(quote, token) == pytest.approx(1, rel=1e-15)
    assert pool.swap_exact_in(1.0, 0, 2).pool.reserves[1] == 20.0


def test_an_empty_trade():
    pool = WeightedPool((10.0, 20.0), (0.8, 0.2))
    for swap in (pool.swap_exact_in(0.0), pool.swap_exact_out(0.0)):
        assert (swap.amount_in, swap.amount_out, swap.price_impact) == (0, 0, 0)
        assert swap.cost == pytest.approx(0.003) and swap.pool == pool
    for change in (pool.add_liquidity((0.0, 0.0)), pool.remove_exact_amounts((0.0, 0.0)), pool.remove_liquidity(0.0)):
        assert change.shares == 0 and change.pool == pool


THREE = WeightedPool((10.0, 200.0, 7e4), (0.5, 0.3, 0.2), fee=0.02, shares=1000.0)


@given(part=st.floats(1e-12, 10))
def test_balanced_deposits_are_free_of_fees(part):
    added = THREE.add_liquidity(tuple(part * reserve for reserve in THREE.reserves))
    assert added.shares == pytest.approx(1000 * part, rel=1e-14)
    back = added.pool.remove_liquidity(added.shares)
    assert back.amounts == pytest.approx([part * reserve for reserve in THREE.reserves], rel=1e-12)


@given(part=st.floats(1e-9, 0.29), token=st.sampled_from([0, 1, 2]))
def test_entering_with_one_token_three_ways(part, token):
    shares = 1000 * part
    entered = THREE.add_single_asset(shares, token)
    # With arbitrary amounts the contract taxes what exceeds the mean growth, here 1 − w: the same but for second order.
    assert THREE.add_liquidity(entered.amounts).shares == pytest.approx(shares, rel=0.02 * part + 0.02**2)
    free = THREE._replace(fee=0.0)
    assert free.add_liquidity(free.add_single_asset(shares, token).amounts).shares == pytest.approx(shares, rel=1e-12)
    out = free.remove_single_asset(shares, token).amounts
    assert free.remove_exact_amounts(out).shares == pytest.approx(shares, rel=1e-12)
    assert entered.pool.invariant / THREE.invariant > 1 + part  # the fee stays in the pool
    left = THREE.remove_single_asset(shares, token)
    assert THREE.remove_exact_amounts(left.amounts).shares == pytest.approx(shares, rel=0.02 * part + 0.02**2)
    assert entered.pool.remove_single_asset(shares, token).amounts[token] < entered.amounts[token]


def test_single_asset_formulas():
    free = THREE._replace(fee=0.0)
    assert free.add_single_asset(100.0).amounts == (pytest.approx(10 * (1.1**2 - 1)), 0.0, 0.0)
    assert free.remove_single_asset(100.0).amounts == (pytest.approx(10 * (1 - 0.9**2)), 0.0, 0.0)
    assert THREE.add_single_asset(100.0).amounts[0] == pytest.approx(10 * (1.1**2 - 1) * (0.5 + 0.5 / 0.98))
    assert THREE.remove_single_asset(100.0).amounts[0] == pytest.approx(10 * (1 - 0.9**2) * (0.5 + 0.5 * 0.98))
    # Fees on what exceeds the balanced part, one token at a time.
    growth = 0.5 * 0.1
    counted = [10 * growth + (1 - 10 * growth) * 0.98, 0, 0]
    want = 1000 * (prod((1 + c / b) ** w for c, b, w in zip(counted, THREE.reserves, THREE.weights, strict=True)) - 1)
    assert THREE.add_liquidity((1.0, 0.0, 0.0)).shares == pytest.approx(want, rel=1e-13)


@settings(max_examples=60)
@given(data=st.data())
def test_no_cycle_of_actions_makes_money(data):
    pool, held, shares = THREE, np.zeros(3), 0.0
    for _ in range(4):
        token = data.draw(st.sampled_from([0, 1, 2]))
        part = data.draw(st.floats(0, 0.25))
        match data.draw(st.sampled_from(["swap", "join", "single", "exit"])):
            case "swap":
                swap = pool.swap_exact_in(part * pool.reserves[token], token, (token + 1) % 3)
                held[token] -= swap.amount_in
                held[(token + 1) % 3] += swap.amount_out
                pool = swap.pool
            case "join":
                change = pool.add_liquidity(tuple(part * r if i == token else 0.1 for i, r in enumerate(pool.reserves)))
                pool, held, shares = change.pool, held - change.amounts, shares + change.shares
            case "single":
                change = pool.add_single_asset(part * pool.shares, token)
                pool, held, shares = change.pool, held - change.amounts, shares + change.shares
            case "exit":
                change = pool.remove_liquidity(min(shares, part * pool.shares))
                pool, held, shares = change.pool, held + change.amounts, shares - change.shares
    change = pool.remove_liquidity(shares)
    assert change.pool.invariant / THREE.invariant >= 1 - 1e-12  # all shares of the others: they lost nothing
    assert np.array(change.pool.reserves) + held + change.amounts == pytest.approx(THREE.reserves, rel=1e-12)
    assert change.pool.shares == pytest.approx(1000.0, rel=1e-12)


def test_scenarios_agree_with_scalars():
    reserves = (np.array([1e-6, 3.0, 1e9]), np.array([5.0, 1e12, 2e-3]), 8.0)
    weights = (np.array([0.1, 0.5, 0.7]), np.array([0.8, 0.25, 0.1]), np.array([0.1, 0.25, 0.2]))
    pool, part = WeightedPool(reserves, weights, fee=np.array([0.0, 0.003, 0.4])), np.array([1e-15, 0.1, 0.25])
    calls = {
        "swap_exact_in": lambda p, part: p.swap_exact_in(part * p.reserves[0]).amount_out,
        "swap_exact_out": lambda p, part: p.swap_exact_out(part * p.reserves[1]).amount_in,
        "cost": lambda p, part: p.swap_exact_in(part * p.reserves[0]).cost,
        "price_after": lambda p, part: p.swap_exact_in(part * p.reserves[0]).price_after,
        "add": lambda p, part: p.add_liquidity((part * p.reserves[0], 0.0, part)).shares,
        "add one": lambda p, part: p.add_single_asset(part * p.shares, 1).amounts[1],
        "remove": lambda p, part: p.remove_liquidity(part * p.shares).amounts[2],
        "remove one": lambda p, part: p.remove_single_asset(part * p.shares, 1).amounts[1],
        "remove exact": lambda p, part: p.remove_exact_amounts((0.1 * part * p.reserves[0], 0.0, 0.0)).shares,
    }
    for name, call in calls.items():
        got = call(pool, part)
        for i in range(3):
            rest = [float(weight[i]) for weight in weights]
            alone = WeightedPool((float(reserves[0][i]), float(reserves[1][i]), 8.0), tuple(rest), float(pool.fee[i]))
            assert got[i] == pytest.approx(call(alone, float(part[i])), rel=1e-13), name


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: WeightedPool((1.0,), (1.0,)), ["reserves has 1", "2 or more"]),
        (lambda: WeightedPool((1.0, -1.0), (0.5, 0.5)), ["reserves[1] = -1", "(0, inf)"]),
        (lambda: WeightedPool((1.0, 1.0), (0.5, 0.25, 0.25)), ["weights has 3", "exactly 2"]),
        (lambda: WeightedPool((1.0, 1.0), (0.5, 0.4)), ["sum of weights = 0.9"]),
        (lambda: WeightedPool((1.0, 1.0), (1.0, 0.0)), ["weights[1] = 0", "(0, inf)"]),
        (lambda: WeightedPool((1.0, 1.0), (np.array([0.5, 0.6]), 0.5)), ["sum of weights[1] = 1.1"]),
        (lambda: WeightedPool((1.0, 1.0), (0.5, 0.5), fee=1.0), ["fee = 1", "[0, 1)"]),
        (lambda: WeightedPool((1.0, 1.0), (0.5, 0.5), shares=-1.0), ["shares = -1"]),
        (lambda: WeightedPool((1.0, 1.0), (0.5, 0.5), power_error=-1.0), ["power_error = -1", "[0, 1)"]),
        (lambda: WeightedPool((np.ones(2), 1.0), (0.5, 0.5), fee=np.zeros(3)), ["reserves[0] (2,)", "fee (3,)"]),
        (lambda: WeightedPool((1.0, 1.0), (0.5, 0.5), limits=Limits(max_in_ratio=-1)), ["max_in_ratio = -1"]),
        (lambda: WeightedPool((1.0, 1.0), (0.5, 0.5), limits=Limits(max_out_ratio=2)), ["max_out_ratio = 2", "[0, 1]"]),
        (lambda: WeightedPool((1.0, 1.0), (0.5, 0.5), limits=Limits(min_invariant_ratio=2)), ["min_invariant_ratio"]),
        (lambda: WeightedPool((1.0, 1.0), (0.5, 0.5), limits=Limits(max_invariant_ratio=0.5)), ["max_invariant_ratio"]),
        (lambda: THREE.price(3), ["token = 3", "0 to 2"]),
        (lambda: THREE.swap_exact_in(-1.0), ["amount_in = -1", "[0, inf)"]),
        (lambda: THREE.swap_exact_in(4.0), ["amount_in·(1 − fee) = 3.92", "[0, 3]"]),
        (lambda: THREE.swap_exact_in(np.ones(2), 1, 1), ["token_out = 1 equals token_in"]),
        (lambda: THREE.swap_exact_out(61.0), ["amount_out = 61", "[0, 60]"]),
        (lambda: THREE._replace(limits=NO_LIMITS).swap_exact_out(200.0), ["reserve of token_out − amount_out = 0"]),
        (lambda: THREE._replace(limits=NO_LIMITS).swap_exact_in(1e300, 0, 2), ["left = 0", "(0, inf)"]),
        (lambda: THREE.add_liquidity((1.0, 1.0)), ["amounts has 2", "exactly 3"]),
        (lambda: THREE.add_liquidity((1.0, -1.0, 1.0)), ["amounts[1] = -1", "[0, inf)"]),
        (lambda: THREE.add_single_asset(2000.1), ["shares = 2000.1", "[0, 2000]"]),
        (lambda: THREE.add_single_asset(1.0, 3), ["token = 3", "0 to 2"]),
        (lambda: THREE.remove_liquidity(1000.0), ["shares = 1000", "[0, 1000)"]),
        (lambda: THREE.remove_single_asset(300.1), ["shares = 300.1", "[0, 300]"]),
        (lambda: THREE._replace(limits=NO_LIMITS).remove_single_asset(1000.0), ["shares in circulation − shares = 0"]),
        (lambda: THREE.remove_exact_amounts((9.99, 0.0, 0.0)), ["reserves[0] − amounts[0] with its fee", "(0, inf)"]),
        (lambda: THREE.remove_exact_amounts((np.ones(2), np.ones(3), 0.0)), ["shapes"]),
    ],
)
def test_errors(call, words):
    with pytest.raises(ValueError) as error:
        call()
    assert all(word in str(error.value) for word in words), str(error.value)
