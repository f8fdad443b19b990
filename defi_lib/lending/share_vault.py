"""Tokenised vault (ERC-4626): depositors hold shares, and rounding always favours the vault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict
from defi_lib.ledger.transfer import Transfer
from defi_lib.validation import at_least

#: Name of the vault in its transfers.
VAULT = "vault"


class _State(NamedTuple):
    total_assets: int
    holdings: Mapping[str, int]
    decimals_offset: int | None


class ShareVault(_State):
    """Assets that belong to all holders of shares, in proportion; everything is counted in exact integers.

    ``shares = assets·(total_shares + 10^offset) / (total_assets + 1)``, and the inverse for assets.

    Args:
        total_assets: what the vault holds (smallest units), >= 0.
        holdings: shares of each holder (smallest units), each >= 0.
        decimals_offset: how many decimals shares have more than the asset, >= 0. The ``10^offset`` virtual shares,
            with their one virtual unit of assets, belong to nobody and take the profit out of the attack on the first
            depositor. None is the older vault without them, whose first share costs one unit.

    Unlike other mechanisms it takes single numbers only: integers of any size, where a float would round.

    Raises:
        ValueError: an argument that is no integer >= 0, or one that exceeds what there is.

    Source: EIP-4626; OpenZeppelin Contracts 5, ERC4626.sol.

    >>> vault = ShareVault().deposit("alice", 1_000).vault.donate("strategy", 501).vault
    >>> vault.deposit("bob", 300).shares, vault.redeem("alice", 1_000).assets
    (199, 1500)
    """

    __slots__ = ()

    def __new__(
        cls, total_assets: int = 0, holdings: Mapping[str, int] | None = None, decimals_offset: int | None = 0
    ) -> Self:
        """Check the arguments and build the vault."""
        held = {name: at_least(f"holdings[{name!r}]", shares, 0) for name, shares in (holdings or {}).items()}
        if decimals_offset is not None:
            decimals_offset = at_least("decimals_offset", decimals_offset, 0)
        return super().__new__(cls, at_least("total_assets", total_assets, 0), FrozenDict(held), decimals_offset)

    @property
    def total_shares(self) -> int:
        """Shares in circulation, without the virtual ones."""
        return sum(self.holdings.values())

    def shares_of(self, holder: str) -> int:
        """Shares of ``holder``; 0 if it never held any."""
        return self.holdings.get(holder, 0)

    def shares_for(self, assets: int, round_up: bool = False) -> int:
        """Shares that ``assets`` (smallest units, >= 0) are worth, rounded."""
        return _divided(at_least("assets", assets, 0) * self._all_shares, self._all_assets, round_up)

    def assets_for(self, shares: int, round_up: bool = False) -> int:
        """Assets that ``shares`` (smallest units, >= 0) are worth, rounded."""
        return _divided(at_least("shares", shares, 0) * self._all_assets, self._all_shares, round_up)

    def deposit(self, user: str, assets: int, min_shares: int = 0) -> VaultChange:
        """Pay ``assets`` in; the shares are rounded down.

        The contract takes a payment that is worth less than one share and gives no share for it: that is how
        :func:`inflation_attack` works. Whoever wants to be safe says how many shares it expects, as routers in front of
        vaults do.

        Args:
            user: who pays.
            assets: smallest units, >= 0.
            min_shares: with fewer shares the deposit is refused, >= 0.

        Raises:
            ValueError: no integer >= 0, too few shares, or a vault without a price of shares (as in :meth:`mint`).

        Source of the guard: EIP-5143.

        >>> ShareVault(10**6, {"alice": 1}).deposit("bob", 1_000, min_shares=1)
        Traceback (most recent call last):
        ValueError: min_shares = 1 is more than the 0 shares that assets = 1000 are worth: allowed is at most that
        """
        assets, min_shares = at_least("assets", assets, 0), at_least("min_shares", min_shares, 0)
        shares = self._priced("assets", assets).shares_for(assets)
        if min_shares > shares:
            raise ValueError(
                f"min_shares = {min_shares} is more than the {shares} shares that assets = {assets} are worth: allowed "
                "is at most that"
            )
        return self._changed("deposit", user, assets, shares)

    def mint(self, user: str, shares: int) -> VaultChange:
        """Receive exactly ``shares``; the assets to pay are rounded up.

        Raises:
            ValueError: no integer >= 0, or an older vault that has shares and no assets: it lost everything, and what a
                share costs cannot be said. (That contract reverts for a deposit, and would give new shares for
                nothing.)
        """
        shares = at_least("shares", shares, 0)
        assets = self._priced("shares", shares).assets_for(shares, round_up=True)
        return self._changed("deposit", user, assets, shares)

    def withdraw(self, user: str, assets: int) -> VaultChange:
        """Take exactly ``assets`` out; the shares to give back are rounded up.

        Raises:
            ValueError: no integer >= 0, or more than the user's shares are worth.
        """
        assets = at_least("assets", assets, 0)
        _at_most("assets", assets, self.assets_for(self.shares_of(user)))
        return self._changed("withdraw", user, -assets, -self.shares_for(assets, round_up=True))

    def redeem(self, user: str, shares: int) -> VaultChange:
        """Give back exactly ``shares``; the assets are rounded down.

        Raises:
            ValueError: no integer >= 0, or more shares than the user has.
        """
        shares = at_least("shares", shares, 0)
        _at_most("shares", shares, self.shares_of(user))
        return self._changed("withdraw", user, -self.assets_for(shares), -shares)

    def donate(self, payer: str, assets: int) -> VaultChange:
        """Send ``assets`` to the vault without receiving shares: interest of a strategy, a gift, or an attack.

        Raises:
            ValueError: no integer >= 0.
        """
        return self._changed("donate", payer, at_least("assets", assets, 0), 0)

    def lose(self, taker: str, assets: int) -> VaultChange:
        """Give up ``assets`` that will not come back: no share is taken from anybody, and each is worth less.

        Raises:
            ValueError: no integer >= 0, or more than the vault holds.

        >>> vault = ShareVault(900, {"alice": 600, "bob": 300}, None).lose("borrowers", 300).vault
        >>> vault.assets_for(600), vault.assets_for(300)
        (400, 200)
        """
        assets = at_least("assets", assets, 0)
        _at_most("assets", assets, self.total_assets)
        return self._changed("lose", taker, -assets, 0)

    def _priced(self, name: str, amount: int) -> Self:
        """The vault itself, if its shares have a price or nothing is wanted of it."""
        if amount and not self._all_assets:
            raise ValueError(
                f"{name} = {amount} has no price: the vault has {self.total_shares} shares and no assets; allowed is 0"
            )
        return self

    @property
    def _all_shares(self) -> int:
        virtual = 0 if self.decimals_offset is None else 10**self.decimals_offset
        # Without any share, the older vault gives one for each unit.
        return self.total_shares + virtual or 1

    @property
    def _all_assets(self) -> int:
        if self.decimals_offset is None:
            return self.total_assets if self.total_shares else 1
        return self.total_assets + 1

    def _changed(self, reason: str, user: str, assets: int, shares: int) -> VaultChange:
        held = dict(self.holdings)
        held[user] = self.shares_of(user) + shares
        if not held[user]:
            del held[user]
        vault = type(self)(self.total_assets + assets, held, self.decimals_offset)
        moves = (_transfer(user, assets, "asset", reason), _transfer(user, -shares, "share", reason))
        return VaultChange(self, vault, abs(assets), abs(shares), tuple(move for move in moves if move.amount))


class VaultChange(NamedTuple):
    """What happened in a transition of a vault (smallest units)."""

    before: ShareVault
    vault: ShareVault  #: the vault after
    assets: int  #: paid in or taken out
    shares: int  #: minted or burned
    transfers: tuple[Transfer, ...]  #: who paid whom what


class InflationAttack(NamedTuple):
    """Outcome of the attack on the first depositor (smallest units)."""

    vault: ShareVault  #: after the attacker has left
    victim_shares: int  #: shares that the victim got for its deposit
    victim_loss: int  #: deposit less what its shares are worth at the end
    attacker_profit: int  #: what the attacker took out less what it paid in; negative if the attack fails


def inflation_attack(vault: ShareVault, victim_deposit: int, donation: int, first_deposit: int = 1) -> InflationAttack:
    """The attacker deposits first, sends ``donation`` to make one share dear, and leaves after the victim's deposit.

    The victim's shares are rounded down: it loses up to the worth of one share. In a vault without virtual shares, a
    donation as large as the victim's deposit takes all of it. With them half of the donation is lost to shares that
    belong to nobody, and to take a whole deposit it must be ``2·10^offset`` times as large.

    Args:
        vault: before the attack; empty where the attack is dangerous.
        victim_deposit: what the victim pays in (smallest units), >= 1.
        donation: what the attacker sends (smallest units), >= 0.
        first_deposit: what the attacker pays for its shares (smallest units), >= 1.

    Raises:
        ValueError: an argument outside its range.
    """
    victim_deposit, donation = at_least("victim_deposit", victim_deposit, 1), at_least("donation", donation, 0)
    first_deposit = at_least("first_deposit", first_deposit, 1)
    attacked = vault.deposit("attacker", first_deposit).vault
    deposit = attacked.donate("attacker", donation).vault.deposit("victim", victim_deposit)
    exit_ = deposit.vault.redeem("attacker", deposit.vault.shares_of("attacker"))
    loss = victim_deposit - exit_.vault.assets_for(exit_.vault.shares_of("victim"))
    return InflationAttack(exit_.vault, deposit.shares, loss, exit_.assets - first_deposit - donation)


def _divided(dividend: int, divisor: int, round_up: bool) -> int:
    # An older vault that lost all its assets has no price per share: a deposit gets nothing.
    if not divisor:
        return 0
    return -(-dividend // divisor) if round_up else dividend // divisor


def _at_most(name: str, value: int, limit: int) -> None:
    if value > limit:
        raise ValueError(f"{name} = {value} is outside the allowed range: an integer from 0 to {limit}")


def _transfer(user: str, amount: int, asset: str, reason: str) -> Transfer:
    """``amount`` from the user to the vault, or the other way if it is negative."""
    return Transfer(user, VAULT, amount, asset, reason) if amount > 0 else Transfer(VAULT, user, -amount, asset, reason)
