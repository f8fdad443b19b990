"""Functions of the library that take scenarios, held to one promise: arrays give what scalars give."""

import numpy as np
import pytest

from defi_lib import compute, exchange, governance, lending, measures, rewards, staking
from tests.support.contracts import assert_broadcasts, assert_refuses

MANY = np.array([0.1, 1.0, 7.0])
RATIOS = np.array([0.05, 0.5, 0.9])

CALLS = {
    "swap in": (lambda x: exchange.ConstantProductPool((100.0, 2e3)).swap_exact_in(x)[2:5], MANY),
    "weighted swap": (lambda x: exchange.WeightedPool((100.0, 2e3), (0.8, 0.2)).swap_exact_in(x)[2:5], MANY),
    "stable swap": (lambda x: exchange.StableSwapPool((100.0, 90.0), 200.0).swap_exact_in(x)[2:5], MANY),
    "impermanent loss": (exchange.impermanent_loss, MANY),
    "arbitrage": (lambda p: exchange.arbitrage_outside(exchange.ConstantProductPool((1.0, 2e3)), p).profit, 1e3 * MANY),
    "health factor": (lambda c, d: lending.health_factor(2e3 * c, 0.8, d), MANY, 50 * MANY[::-1]),
    "liquidation": (lambda c, p: lending.liquidate(c, 1_000.0, p, 0.8, 0.05)[:4], MANY, 1e3 * MANY),
    "utilisation": (lending.utilisation, MANY, MANY[::-1]),
    "compounded interest": (lending.compounded_interest, RATIOS, 1e6 * MANY),
    "apy": (measures.apy_from_apr, RATIOS, 365.0),
    "base fee": (lambda used: staking.next_base_fee(10**9, used, 30_000_000), np.array([0, 10**7, 3 * 10**7])),
    "annual return": (staking.annual_return, 1e6 * MANY),
    "double spend": (lambda q: staking.double_spend_probability(q, 6), RATIOS),
    "vesting": (lambda t: rewards.Vesting(100.0, 0.0, 1.0, 0.2).vested(t), MANY),
    "farm apr": (rewards.farm_apr, MANY, 2.0, 1e6 * MANY),
    "votes": (lambda t: governance.vote_weight(5.0, t, 8.0), MANY),
    "boost": (lambda w: governance.boost(1.0, 10.0, w, 1.0), RATIOS),
    "waiting": (lambda rate: compute.mmc_queue(rate, 1.0, 8)[:2], MANY),
}


@pytest.mark.parametrize("name", CALLS)
def test_arrays_give_what_scalars_give(name):
    call, *arguments = CALLS[name]
    assert_broadcasts(call, *arguments)


def test_the_contracts_themselves_fail_where_they_must():
    with pytest.raises(AssertionError):
        assert_broadcasts(lambda x: np.sort(x)[::-1] if np.ndim(x) else x, MANY)

    def wordy():
        raise ValueError(f"x = {list(range(1_000))} is wrong")

    with pytest.raises(AssertionError, match="show a few entries"):
        assert_refuses(wordy, "is wrong")
