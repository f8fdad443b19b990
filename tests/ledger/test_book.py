import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import ConstantProductPool
from defi_lib.ledger import Ledger

ROLES = {"alice": "trader", "bob": "trader", "pool": "liquidity provider", "chain": "validator"}

amounts = st.floats(0, 1e15, allow_subnormal=False)
entries = st.lists(
    st.tuples(st.sampled_from(["record", "mint", "burn", "open"]), st.permutations(list(ROLES)), amounts), max_size=40
)


def ledger_of(entries, **options):
    ledger = Ledger(ROLES, **options)
    for number, (kind, (one, other, *_), amount) in enumerate(entries):
        asset = "ETH" if number % 3 else "USD"
        if kind == "record":
            ledger.record(one, other, amount, asset, "trade", time=number)
        elif kind == "mint":
            ledger.mint(one, amount, asset, time=number)
        elif kind == "burn":
            ledger.burn(one, amount, asset, time=number)
        else:
            ledger.open(one, asset, amount)
    return ledger


def swap(ledger, trader, pool, amount_in):
    """Sell ETH (token 0) for USD (token 1), written as transfers."""
    result = pool.swap_exact_in(amount_in)
    ledger.record(trader, "pool", result.amount_in - result.fee, "ETH", "trade")
    ledger.record(trader, "pool", result.fee, "ETH", "fee")
    ledger.record("pool", trader, result.amount_out, "USD", "trade")
    return result.pool


def opened(pool, **options):
    ledger = Ledger(ROLES, **options)
    for asset, reserve in zip(("ETH", "USD"), pool.reserves, strict=True):
        ledger.open("pool", asset, reserve)
    return ledger


def test_balances_and_supply():
    ledger = Ledger(ROLES)
    ledger.open("alice", "USD", 100)
    ledger.record("alice", "bob", 30, "USD", "gift", time=1)
    ledger.mint("bob", 5, "USD")
    ledger.burn("alice", 2, "USD", "gas", time=3)
    assert (ledger.balance("alice", "USD"), ledger.balance("bob", "USD")) == (68, 35)
    assert ledger.balance("bob", "ETH") == 0
    assert ledger.supply("USD") == 103
    assert ledger.supply("ETH") == 0
    assert ledger.time == 3
    assert ledger.assets == ["USD"]
    ledger.mark("ETH", 2000, time=4)
    ledger.mint("alice", 0.5, "ETH")
    assert ledger.wealth("alice") == 68 + 1000
    assert ledger.wealth("pool") == 0


def test_parties():
    ledger = Ledger()
    assert ledger.party("carol") == "carol"
    assert ledger.party("dave", role="bank") == "dave"
    assert ledger.party("dave", role="bank") == "dave"
    assert ledger.roles == {"carol": "carol", "dave": "bank"}


@settings(max_examples=60)
@given(entries)
def test_any_sequence_is_conserved(entries):
    ledger = ledger_of(entries)
    ledger.check_conserved()
    for asset in ledger.assets:
        moved = [entry for number, entry in enumerate(entries) if asset == ("ETH" if number % 3 else "USD")]
        sign = {"open": 1, "mint": 1, "burn": -1, "record": 0}
        supply = sum(sign[kind] * Fraction(amount) for kind, _, amount in moved)
        held = sum(Fraction(ledger.balance(party, asset)) for party in ROLES)
        turnover = float(sum(amount for _, _, amount in moved))
        assert float(ledger.supply(asset) - supply) == pytest.approx(0, abs=2**-52 * turnover)
        assert float(held - supply) == pytest.approx(0, abs=len(ROLES) * 2**-52 * turnover)


@settings(max_examples=40)
@given(entries)
def test_scenarios_agree_with_one_at_a_time(entries):
    factors = np.array([0.0, 1.0, 3.7])
    many = ledger_of([(kind, parties, amount * factors) for kind, parties, amount in entries])
    many.check_conserved()
    for scenario, factor in enumerate(factors):
        one = ledger_of([(kind, parties, amount * factor) for kind, parties, amount in entries])
        for party in ROLES:
            for asset in ("USD", "ETH"):
                booked = np.broadcast_to(many.balance(party, asset), 3)[scenario]
                assert booked == one.balance(party, asset)


@pytest.mark.parametrize("leak", [1e-9, 1e-3, np.array([0.0, 0.0, 1e-9])])
def test_a_leak_is_found(leak):
    ledger = Ledger(ROLES)
    for step in range(1000):
        ledger.record("alice", "bob", 0.1 * step, "ETH", "trade", time=step)
        ledger.record("bob", "pool", 1 / 3, "USD", "fee")
    ledger.check_conserved()
    ledger._account("bob", "ETH").add(leak)
    where = " in scenario 2" if np.ndim(leak) else ""
    with pytest.raises(ValueError, match=f"asset 'ETH' is not conserved{where}: .* exceed the supply by"):
        ledger.check_conserved()


def test_conservation_is_exact_where_plain_sums_are_not():
    ledger = Ledger(ROLES)
    ledger.mint("alice", 1e20, "ETH")
    for _ in range(1000):
        ledger.record("alice", "bob", 0.1, "ETH", "trade")
        ledger.record("bob", "alice", 0.1, "ETH", "trade")
    ledger.check_conserved()
    assert ledger.balance("alice", "ETH") == 1e20
    assert ledger.balance("bob", "ETH") == 0


@settings(max_examples=30)
@given(st.lists(st.floats(1e-9, 1e6), min_size=1, max_size=60))
def test_a_pool_reconciles_with_its_entries(sales):
    pool = ConstantProductPool((np.array([1000.0, 10.0]), 2e6))
    ledger = opened(pool)
    for number, sale in enumerate(sales):
        pool = swap(ledger, "alice" if number % 2 else "bob", pool, sale)
    ledger.check_conserved()
    ledger.reconcile("pool", {"ETH": pool.reserves[0], "USD": pool.reserves[1]})


def test_a_dropped_fee_does_not_reconcile():
    pool = ConstantProductPool((1000.0, 2e6))
    ledger = opened(pool)
    result = pool.swap_exact_in(np.array([0.0, 1e-6]))
    ledger.record("alice", "pool", result.amount_in - result.fee, "ETH", "trade")
    ledger.record("pool", "alice", result.amount_out, "USD", "trade")
    ledger.reconcile("pool", {"USD": result.pool.reserves[1]})
    with pytest.raises(
        ValueError, match=r"'pool' holds 1000.000001 of 'ETH' in scenario 1, .* differ by -(3\.0|2\.99)\d*e-09"
    ):
        ledger.reconcile("pool", {"ETH": result.pool.reserves[0]})
    ledger.reconcile("pool", {"ETH": result.pool.reserves[0]}, tolerance=1e-9)


def test_reconciling_does_not_change_the_ledger():
    ledger = Ledger(ROLES)
    ledger.open("pool", "ETH", 1.0)
    ledger.reconcile("pool", {"ETH": np.ones(3), "USD": 0})
    assert ledger.shape == ()


def test_the_caller_may_reuse_its_arrays():
    buffer = np.ones(3)
    ledger = Ledger(ROLES)
    ledger.mark("ETH", buffer)
    ledger.mint("alice", buffer, "ETH")
    buffer[:] = 99
    np.testing.assert_array_equal(ledger.balance("alice", "ETH"), 1)
    np.testing.assert_array_equal(ledger.wealth("alice"), 1)
    assert ledger.transfers()["amount"].tolist() == [1]


def test_a_failed_entry_leaves_no_trace():
    ledger = Ledger(ROLES)
    ledger.mint("alice", np.ones(3), "ETH", time=2)
    for call in (
        lambda: ledger.mint("alice", np.ones(4), "ETH", time=3),
        lambda: ledger.mint("alice", np.ones((2, 3)), "ETH", time=1),
        lambda: ledger.mint("alice", -1.0, "ETH", time=3),
        lambda: ledger.mark("ETH", np.ones(4), time=3),
    ):
        with pytest.raises(ValueError, match=r"."):
            call()
    assert (ledger.time, ledger.shape, len(ledger.history), ledger.prices) == (2, (3,), 1, {"USD": 1.0})
    np.testing.assert_array_equal(ledger.supply("ETH"), [1, 1, 1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda b: b.record("alice", "bob", -1.0, "USD", "fee"),
            r"amount = -1 is outside the allowed range \[0, inf\)",
        ),
        (lambda b: b.record("alice", "bob", [1, -2, 3], "USD", "fee"), r"amount\[1\] = -2 "),
        (lambda b: b.record("alice", "bob", np.nan, "USD", "fee"), "amount = nan"),
        (lambda b: b.record("alice", "alice", 1, "USD", "fee"), "payer = 'alice' pays itself"),
        (lambda b: b.record("alcie", "bob", 1, "USD", "fee"), "payer = 'alcie' is no party .* did you mean 'alice'"),
        (
            lambda b: b.record("alice", "zoe", 1, "USD", "fee"),
            r"payee = 'zoe' is no party .* register it with ledger\.party",
        ),
        (lambda b: b.record("outside", "bob", 1, "USD", "fee"), "payer = 'outside' .* use mint or burn"),
        (lambda b: b.record("alice", "bob", 1, "USD", "opening"), "reason = 'opening' is a name used by the tables"),
        (lambda b: b.mint("bob", 1, "USD", "price change"), "reason = 'price change'"),
        (lambda b: b.burn("bob", 1, "USD", "total"), "reason = 'total'"),
        (
            lambda b: b.record("alice", "bob", 1, "USD", "fee", time=4),
            r"time = 4 is outside the allowed range \[5, inf\)",
        ),
        (lambda b: b.mark("ETH", 1, time=4.9), r"time = 4\.9 "),
        (lambda b: b.mint("bob", 1, "USD", time=np.nan), "time = nan"),
        (lambda b: b.mint("bob", 1, "USD", time=np.ones(3)), r"time has shape \(3,\)"),
        (
            lambda b: b.mint("bob", np.ones(4), "USD"),
            r"shapes do not fit together: amount \(4,\), the scenarios \(3,\)",
        ),
        (lambda b: b.mark("ETH", -1), r"price = -1 .*\[0, inf\)"),
        (lambda b: b.mark("USD", 1.1), "asset = 'USD' is the numeraire"),
        (lambda b: b.wealth("bob"), r"asset = 'ETH' has no price: call ledger\.mark\('ETH', price\) first"),
        (lambda b: b.open("zoe", "USD", 1), "party = 'zoe'"),
        (lambda b: b.balance("zoe", "USD"), "party = 'zoe'"),
        (lambda b: b.reconcile("zoe", {}), "party = 'zoe'"),
        (lambda b: b.reconcile("bob", {"ETH": np.ones(4)}), r"expected\['ETH'\] \(4,\)"),
        (lambda b: b.reconcile("bob", {"ETH": np.nan}), r"expected\['ETH'\] = nan"),
        (lambda b: b.reconcile("bob", {"ETH": 1}, tolerance=0.0), "tolerance = 0 "),
        (lambda b: b.party("outside", "bank"), "name = 'outside' is the account outside the system"),
        (lambda b: b.party("total"), "'total' is the last row"),
        (lambda b: b.party("bob", "bank"), "already registered with role 'trader', not 'bank'"),
    ],
)
def test_errors(call, message):
    ledger = Ledger(ROLES)
    ledger.mint("bob", np.ones(3), "ETH", time=5)
    with pytest.raises(ValueError, match=message):
        call(ledger)


def test_time_may_start_anywhere_and_stand_still():
    ledger = Ledger(ROLES)
    assert ledger.time == 0
    ledger.mint("bob", 1, "USD", time=-3)
    ledger.mint("bob", 1, "USD", time=-3)
    ledger.mint("bob", 1, "USD")
    assert ledger.time == -3


def test_import_is_light():
    code = "import sys, defi_lib.ledger; print([m for m in ('pandas', 'scipy', 'bokeh', 'tqdm') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
