"""Peg module: a contract that swaps a coin (dai) and another dollar (gem) at par less fees, in whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.integers import UINT256_MAX
from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.risk.contract_numbers import at_most, contract_number
from defi_lib.validation import integer

#: Units of 1 dai, and of a fee of 100 %; units of 1 dai in the accounts of the system (rad: 1e45) over those.
WAD, RAY = 10**18, 10**27
#: Decimals of dai; a gem has at most as many.
DAI_DECIMALS = 18
#: Names in transfers: the contract, who gets its fees, and the two assets.
MODULE, VOW, DAI, GEM = "peg module", "vow", "dai", "gem"


class _Holdings(NamedTuple):
    gem: int = 0
    dai: int = 0


class Wallet(_Holdings):
    """What a user holds: ``gem`` and ``dai``, smallest units, >= 0.

    Raises:
        ValueError: an amount that is no whole number >= 0.
    """

    __slots__ = ()

    def __new__(cls, gem: int = 0, dai: int = 0) -> Self:
        """Check the amounts."""
        return super().__new__(cls, contract_number("gem", gem), contract_number("dai", dai))


class _State(NamedTuple):
    gem_decimals: int
    line: int
    tin: int
    tout: int
    gem: int
    debt: int
    dai_supply: int
    vow_dai: int
    users: Mapping[str, Wallet]


class PegModule(Parts, _State):
    """Maker's peg stability module: gem in, new dai out, and back, while there is room and while there is gem.

    Who sells ``g`` gem (in 18 decimals) gets ``g − floor(g·tin)`` dai; who buys them pays ``g + floor(g·tout)``. The
    module owes as many dai as it has gem. So ``1 − tin`` is the floor of gem in dai and ``1 + tout`` its ceiling: above
    them it pays to trade with the module, until it has no room (``line``) or no gem.

    Args:
        gem_decimals: of the other dollar, from 0 to 18 (USDC: 6).
        line: most dai that the module may owe (1e-45 dai), by default without end.
        tin: fee of who sells gem (1e-18), >= 0.
        tout: fee of who buys gem (1e-18), >= 0.
        gem: in the module (smallest units).
        debt: dai issued against it (1e-18); by default as much as gem.
        dai_supply: all dai in wallets (1e-18); by default what the users hold.
        vow_dai: fees so far (1e-45 dai), which belong to the system.
        users: what each holds, a :class:`Wallet` or a pair (gem, dai); others hold nothing.

    Raises:
        ValueError: an argument outside its range; a transition raises where the contract reverts.

    Source: makerdao/dss-psm (DssPsm, AuthGemJoin5) and makerdao/dss (Vat). Of the ceiling for all dai together
    (``Line``) and of permissions nothing is here.

    >>> module = PegModule(6, tin=10**15, users={"ann": Wallet(gem=1_000_000_000)})
    >>> sold = module.sell_gem("ann", 1_000_000_000)
    >>> sold.dai // WAD, sold.fee // WAD, sold.after.gem
    (999, 1, 1000000000)
    """

    __slots__ = ()

    def __new__(
        cls,
        gem_decimals: int = 6,
        line: int = UINT256_MAX,
        tin: int = 0,
        tout: int = 0,
        gem: int = 0,
        debt: int | None = None,
        dai_supply: int | None = None,
        vow_dai: int = 0,
        users: Mapping[str, Wallet | tuple[int, int]] = FrozenDict(),
    ) -> Self:
        """Check the arguments."""
        decimals = integer("gem_decimals", gem_decimals, 0, DAI_DECIMALS)
        wallets = FrozenDict({user: Wallet(*held) for user, held in users.items()})
        gem = contract_number("gem", gem)
        numbers = {
            "line": line,
            "tin": tin,
            "tout": tout,
            "gem": gem,
            "debt": gem * 10 ** (DAI_DECIMALS - decimals) if debt is None else debt,
            "dai_supply": sum(held.dai for held in wallets.values()) if dai_supply is None else dai_supply,
            "vow_dai": vow_dai,
        }
        checked = (contract_number(name, value) for name, value in numbers.items())
        return tuple.__new__(cls, (decimals, *checked, wallets))

    @property
    def unit(self) -> int:
        """Units of dai in one smallest unit of gem."""
        return int(10 ** (DAI_DECIMALS - self.gem_decimals))

    @property
    def room(self) -> int:
        """Gem that the module still takes (smallest units) before its debt is at the ceiling."""
        return max((self.line // RAY - self.debt) // self.unit, 0)

    @property
    def band(self) -> tuple[float, float]:
        """The price of gem in dai below which selling it to the module pays, and above which buying it there does."""
        return 1 - self.tin / WAD, 1 + self.tout / WAD

    def wallet(self, user: str) -> Wallet:
        """What a user holds."""
        return self.users.get(user, Wallet())

    def set_fees(self, tin: int, tout: int) -> Self:
        """The module with other fees (1e-18, >= 0); above 100 % of ``tin`` nobody can sell."""
        return self._replace(tin=contract_number("tin", tin), tout=contract_number("tout", tout))

    def sell_gem(self, user: str, amount: int) -> PegModuleChange:
        """``user`` gives ``amount`` gem (smallest units, >= 0) and gets new dai.

        Raises:
            ValueError: more gem than the user has or than there is room for, or a fee above 100 %.
        """
        amount = contract_number("amount", amount)
        at_most("amount", amount, self.wallet(user).gem, f"what {user!r} holds")
        value, fee = self._value_and_fee(amount, self.tin)
        at_most("fee", fee, value, "the dai that it is taken of")
        if amount:
            at_most("amount", amount, self.room, "the room under the debt ceiling")
        dai = value - fee
        return self._changed("sell_gem", user, gem=-amount, dai=dai, debt=value, fee=fee)

    def buy_gem(self, user: str, amount: int) -> PegModuleChange:
        """``user`` gets ``amount`` gem (smallest units, >= 0) and pays dai, which are burned.

        Raises:
            ValueError: more gem than the module has, or more dai than the user has.
        """
        amount = contract_number("amount", amount)
        value, fee = self._value_and_fee(amount, self.tout)
        at_most("dai to pay", value + fee, self.wallet(user).dai, f"what {user!r} holds")
        at_most("amount", amount, min(self.gem, self.debt // self.unit), "the gem in the module")
        return self._changed("buy_gem", user, gem=amount, dai=-(value + fee), debt=-value, fee=fee)

    def transfer(self, user: str, to: str, amount: int) -> PegModuleChange:
        """``user`` pays somebody ``amount`` dai (1e-18, >= 0).

        Raises:
            ValueError: more than the user has.
        """
        amount = contract_number("amount", amount)
        at_most("amount", amount, self.wallet(user).dai, f"what {user!r} holds")
        payer = self._holding(user, 0, -amount)
        moved = actual((Transfer(user, to, float(amount), DAI, "transfer"),))
        return PegModuleChange(self, payer._holding(to, 0, amount), "transfer", user, 0, -amount, 0, moved)

    def _value_and_fee(self, amount: int, fee: int) -> tuple[int, int]:
        value = amount * self.unit
        at_most("amount · fee", value * fee, UINT256_MAX, "what the contract can hold")
        return value, value * fee // WAD

    def _holding(self, user: str, gem: int, dai: int) -> Self:
        held = self.wallet(user)
        if not gem and not dai:
            return self
        return self._replace(users=FrozenDict({**self.users, user: Wallet(held.gem + gem, held.dai + dai)}))

    def _changed(self, op: str, user: str, *, gem: int, dai: int, debt: int, fee: int) -> PegModuleChange:
        after = self._holding(user, gem, dai)._replace(
            gem=self.gem - gem,
            debt=self.debt + debt,
            dai_supply=self.dai_supply + dai,
            vow_dai=self.vow_dai + fee * RAY,
        )
        minted, burned = max(dai, 0), max(-dai, 0)
        moved = (
            Transfer(user, MODULE, float(max(-gem, 0)), GEM, op),
            Transfer(OUTSIDE, user, float(minted), DAI, op),
            Transfer(user, MODULE, float(burned), DAI, op),
            Transfer(MODULE, OUTSIDE, float(max(burned - fee, 0) if burned else 0), DAI, op),
            Transfer(MODULE, user, float(max(gem, 0)), GEM, op),
            Transfer(MODULE if burned else OUTSIDE, VOW, float(fee), DAI, "fee"),
        )
        return PegModuleChange(self, after, op, user, gem, dai, fee, actual(moved))


class PegModuleChange(NamedTuple):
    """What happened: gem and dai that the user got (> 0) or gave (< 0), smallest units."""

    before: PegModule
    after: PegModule
    op: str  #: ``"sell_gem"``, ``"buy_gem"`` or ``"transfer"``
    user: str
    gem: int
    dai: int
    fee: int  #: dai (1e-18) that went to the system
    transfers: tuple[Transfer, ...]

    @property
    def dai_received(self) -> int:
        """Dai (1e-18) that the user got."""
        return max(self.dai, 0)

    @property
    def dai_paid(self) -> int:
        """Dai (1e-18) that the user paid."""
        return max(-self.dai, 0)
