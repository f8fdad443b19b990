"""Curated vault: one deposit, spread over isolated markets by somebody who takes a part of the interest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.lending.isolated.market import IsolatedMarket
from defi_lib.lending.share_vault import ShareVault
from defi_lib.validation import Amount, at_least, between, integer

#: What stands for all markets, by the name of their collateral.
Markets = Mapping[str, IsolatedMarket]

_WAD = 10**18


class _State(NamedTuple):
    name: str
    curator: str
    caps: Mapping[str, int]
    fee: Amount
    shares: ShareVault
    idle: int
    waits: bool


class CuratedVault(_State):
    """Lenders' money that a curator spreads over isolated markets, in exact integers (smallest units).

    A deposit fills the markets in the order of ``caps``, each up to its cap; the rest lies idle. A withdrawal takes the
    idle money first, then what each market has available. Interest raises the worth of a share, and the curator gets
    new shares worth ``fee`` of it. **A loss lowers the worth of a share; the curator gives nothing back.**

    Args:
        name: of the vault, which lends under it.
        curator: who is paid.
        caps: most that is lent to each market when money comes in, in the order in which they are filled.
        fee: part of the interest, in [0, 0.5].
        shares: what lenders hold; its ``total_assets`` is what a share is paid by.
        idle: what lies in the vault.
        waits: whether a loss is left out of the price of a share, as in version 1.1 of the contract (the missing money
            stays on the books until somebody fills it); otherwise all bear it at once, as in version 1.0.

    Raises:
        ValueError: an argument outside its range.

    Source: morpho-org/metamorpho and metamorpho-v1.1 (MetaMorpho.sol).

    >>> markets = {name: IsolatedMarket(name) for name in ("ether", "coin")}
    >>> bold = CuratedVault("bold", "Cy", {"coin": 600, "ether": 600}, fee=0.1)
    >>> step = bold.deposit("Ann", 1_000, markets)
    >>> {name: market.claim_of("bold") for name, market in step.markets.items()}
    {'ether': 400, 'coin': 600}
    """

    __slots__ = ()

    def __new__(
        cls,
        name: str,
        curator: str,
        caps: Mapping[str, int],
        fee: Amount = 0.1,
        shares: ShareVault | None = None,
        idle: int = 0,
        waits: bool = False,
    ) -> Self:
        """Check the arguments and build the vault."""
        checked = FrozenDict({each: at_least(f"caps[{each!r}]", cap, 0) for each, cap in caps.items()})
        shares = ShareVault(decimals_offset=6) if shares is None else shares
        between("fee", fee, 0.0, 0.5)
        return super().__new__(cls, name, curator, checked, fee, shares, at_least("idle", idle, 0), bool(waits))

    def worth(self, markets: Markets) -> int:
        """What the vault has: idle money and its claims in the markets, losses counted."""
        return self.idle + sum(markets[each].claim_of(self.name) for each in self.caps)

    def liquidity(self, markets: Markets) -> int:
        """What can be paid out at once."""
        open_ = (min(markets[each].claim_of(self.name), markets[each].available) for each in self.caps)
        return self.idle + sum(open_)

    def balance_of(self, user: str, markets: Markets) -> int:
        """What a user's shares are paid by now, whether or not there is the money."""
        shares = self.accrue(markets).vault.shares
        return shares.assets_for(shares.shares_of(user))

    def accrue(self, markets: Markets) -> VaultStep:
        """See what the markets have brought: interest, of which the curator gets his part in shares, or a loss."""
        change = self.worth(markets) - self.shares.total_assets
        if change < 0 and not self.waits:
            return self._step(self.shares.lose("borrowers", -change).vault, self.idle, markets, 0)
        if change <= 0:
            return self._step(self.shares, self.idle, markets, 0)
        fee = change * round(float(self.fee) * _WAD) // _WAD
        kept = self.shares.donate("borrowers", change - fee).vault
        return self._step(kept.deposit(self.curator, fee).vault, self.idle, markets, change)

    def deposit(self, user: str, assets: int, markets: Markets) -> VaultStep:
        """Pay in, and lend as far as the caps allow.

        Raises:
            ValueError: no integer >= 0.
        """
        seen = self.accrue(markets).vault
        shares, rest, after = seen.shares.deposit(user, assets).vault, assets, dict(markets)
        moved = [Transfer(user, self.party, assets, "USD", "deposit")]
        for each, cap in self.caps.items():
            lent = min(rest, max(cap - after[each].claim_of(self.name), 0))
            step = after[each].supply(self.name, lent)
            after[each], rest = step.market, rest - lent
            moved.append(Transfer(self.party, step.market.party, lent, "USD", "supply"))
        return seen._step(shares, seen.idle + rest, after, assets, moved)

    def withdraw(self, user: str, assets: int, markets: Markets) -> VaultStep:
        """Take out: idle money first, then the markets in the order of the caps. Who comes first is served first.

        Raises:
            ValueError: more than the user's shares are worth, or than can be paid out.
        """
        seen = self.accrue(markets).vault
        integer("assets", assets, 0, seen.liquidity(markets))
        shares, after, moved = seen.shares.withdraw(user, assets).vault, dict(markets), []
        rest = assets - min(seen.idle, assets)
        idle = seen.idle - (assets - rest)
        for each in self.caps:
            taken = min(rest, after[each].available, after[each].claim_of(self.name))
            step = after[each].withdraw(self.name, taken)
            after[each], rest = step.market, rest - taken
            moved.append(Transfer(step.market.party, self.party, taken, "USD", "withdraw"))
        moved.append(Transfer(self.party, user, assets, "USD", "withdraw"))
        return seen._step(shares, idle, after, assets, moved)

    @property
    def party(self) -> str:
        """Name of the vault in transfers."""
        return f"vault {self.name}"

    def _step(
        self, shares: ShareVault, idle: int, markets: Markets, assets: int, moved: list[Transfer] | None = None
    ) -> VaultStep:
        vault = type(self)(self.name, self.curator, self.caps, self.fee, shares, idle, self.waits)
        return VaultStep(self, vault, FrozenDict(markets), assets, actual(moved or ()))


class VaultStep(NamedTuple):
    """What happened in a transition of a curated vault."""

    before: CuratedVault
    vault: CuratedVault  #: the vault after
    markets: Mapping[str, IsolatedMarket]  #: all markets after
    assets: int  #: paid in or out, or the interest seen (smallest units)
    transfers: tuple[Transfer, ...]  #: the loan asset, "USD"; shares and claims are not booked
