"""A whole number of numpy counts like one of Python: in exact arithmetic it would wrap around at 2³¹ or 2⁶³."""

import numpy as np
import pytest

from defi_lib.compute import exact_shapley, gaussian_noise_needed, join_shares, quantise, split_secret, spread_loss
from defi_lib.exchange import contract_amplification
from defi_lib.lending import IsolatedMarket, ShareVault, exact_linear_price, exact_seizure, inflation_attack
from defi_lib.rewards import MasterChef
from defi_lib.risk import CoverProduct, FraxPool, FraxUser
from defi_lib.staking import bits_from_target, next_target, target_from_bits

VAULT = ShareVault(10**12, {"alice": 10**12})
MARKET = IsolatedMarket("ETH", VAULT)
SECRET = 123_456_789

CALLS = {
    "bits": (target_from_bits, 0x1D00FFFF),
    "target": (bits_from_target, 0x12345678),
    "seconds": (lambda number: next_target(2**220, number), 1_209_600),
    "deposit": (lambda number: VAULT.deposit("bob", number).vault, 10**9),
    "mint": (lambda number: VAULT.mint("bob", number).vault, 10**9),
    "withdraw": (lambda number: VAULT.withdraw("alice", number), 10**9),
    "redeem": (lambda number: VAULT.redeem("alice", number), 10**9),
    "lose": (lambda number: VAULT.lose("thief", number), 10**9),
    "donation": (lambda number: inflation_attack(ShareVault(0, {}), 10**18, number), 10**9),
    "market withdraw": (lambda number: MARKET.withdraw("alice", number), 10**9),
    "market lend": (lambda number: MARKET.lend("bob", number).market, 10**9),
    "duration": (lambda number: exact_linear_price(10**29, 1, number), 3_600),
    "chop": (lambda number: exact_seizure(10**20, 12 * 10**22, 10**27, 10**29, 10**51, number, 0), 10**9),
    "multiplier": (lambda number: MasterChef(10**18, start_block=10).multiplier(number, 5), 10),
    "coins": (lambda number: contract_amplification(100.0, number), 20),
    "secret": (lambda number: join_shares(split_secret(number, 2, 3, np.random.default_rng(1))), SECRET),
    "needed": (lambda number: spread_loss(number, 80, 3, 0.1), 29),
    "pieces": (lambda number: spread_loss(29, number, 3, 0.1), 80),
    "bits of a code": (lambda number: quantise([[1.0, -0.5, 0.25]], number).codes.tolist(), 8),
    "players": (lambda number: exact_shapley(lambda teams: teams.sum(axis=1) ** 2.0, number).tolist(), 3),
    "rounds": (lambda number: gaussian_noise_needed(2.0, number, 1e-5), 20),
}


#: No such number has the few bits of the smallest kind.
LARGE = {"bits", "target", "chop"}
KINDS = (np.uint8, np.int32, np.int64, np.uint64)


@pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for name in CALLS for kind in KINDS if kind != np.uint8 or name not in LARGE]
)
def test_it_counts_like_one_of_python(name, kind):
    call, number = CALLS[name]
    number = number if number <= np.iinfo(kind).max else number % 101 + 4
    with np.errstate(all="raise"):
        assert call(kind(number)) == call(number)


@pytest.mark.parametrize("kind", [np.int32, np.int64, np.uint64])
def test_covers_and_coins_count_it_too(kind):
    product = CoverProduct(0, target_price=260, bumped_price=260, bump_time=0, capacity=10**9, capacity_used=0)
    assert product.buy_cover(kind(10**7), kind(30 * 86_400)) == product.buy_cover(10**7, 30 * 86_400)
    users = {"ann": FraxUser(shares=10**21, collateral=750_000_000)}
    pool = FraxPool(collateral_ratio=750_000, users=users)
    assert pool.mint_fractional("ann", kind(10**8), 10**21) == pool.mint_fractional("ann", 10**8, 10**21)
    assert FraxPool(users=users).mint_1t1("ann", kind(10**8)) == FraxPool(users=users).mint_1t1("ann", 10**8)
