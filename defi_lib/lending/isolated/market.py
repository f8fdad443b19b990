"""Isolated market: one collateral, one loan asset, and lenders who bear what this collateral leaves unpaid."""

from __future__ import annotations

from typing import NamedTuple, Self

from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.lending.share_vault import ShareVault, VaultChange
from defi_lib.validation import at_least, integer


class _State(NamedTuple):
    collateral: str
    claims: ShareVault
    borrowed: int


class IsolatedMarket(_State):
    """What is lent against one collateral; everything is counted in exact integers (smallest units of the loan asset).

    Lenders hold shares of all that was supplied. What is not lent out can be withdrawn; a loss makes each share worth
    less, and reaches nobody who has not lent here.

    Args:
        collateral: its name, and that of the market.
        claims: what was supplied and by whom; shares have six decimals more than the asset, as in the contract.
        borrowed: what borrowers owe, at most what was supplied.

    Raises:
        ValueError: more borrowed than supplied, or no integer >= 0.

    Pledges, their price and liquidation are left out (:func:`~defi_lib.lending.liquidate` has them): here a failure is
    :meth:`write_off`. The contract does that by itself only when a liquidator has taken the last of the collateral: as
    long as the market believes a wrong price, a loss is not seen.

    Source: morpho-org/morpho-blue (Morpho.sol, SharesMathLib.sol).

    >>> market = IsolatedMarket("ether").supply("Ann", 900).market.supply("Ben", 300).market
    >>> after = market.lend("Zoe", 1_000).market.write_off(600).market
    >>> after.claim_of("Ann"), after.claim_of("Ben"), after.available
    (450, 150, 200)
    """

    __slots__ = ()

    def __new__(cls, collateral: str, claims: ShareVault | None = None, borrowed: int = 0) -> Self:
        """Check the arguments and build the market."""
        claims = ShareVault(decimals_offset=6) if claims is None else claims
        return super().__new__(cls, collateral, claims, integer("borrowed", borrowed, 0, claims.total_assets))

    @property
    def available(self) -> int:
        """What can be withdrawn or borrowed now."""
        return self.claims.total_assets - self.borrowed

    def claim_of(self, lender: str) -> int:
        """What a lender's shares are worth, whether or not it can be withdrawn."""
        return self.claims.assets_for(self.claims.shares_of(lender))

    def supply(self, lender: str, assets: int) -> MarketStep:
        """Lend to the market.

        Raises:
            ValueError: no integer >= 0.
        """
        return self._changed(self.claims.deposit(lender, assets), "supply", pays=lender)

    def withdraw(self, lender: str, assets: int) -> MarketStep:
        """Take out what is not lent out: who comes first is served first.

        Raises:
            ValueError: more than the lender's claim, or than is available.
        """
        assets = integer("assets", assets, 0, self.available)
        return self._changed(self.claims.withdraw(lender, assets), "withdraw", gets=lender)

    def lend(self, borrower: str, assets: int) -> MarketStep:
        """Pay a loan out.

        Raises:
            ValueError: more than is available.
        """
        assets = integer("assets", assets, 0, self.available)
        owed = self.borrowed + assets
        return self._step(self.claims, owed, assets, "loan", gets=borrower)

    def repay(self, borrower: str, assets: int) -> MarketStep:
        """Pay back, whoever does.

        Raises:
            ValueError: more than is owed.
        """
        assets = integer("assets", assets, 0, self.borrowed)
        owed = self.borrowed - assets
        return self._step(self.claims, owed, assets, "repay", pays=borrower)

    def accrue(self, interest: int) -> MarketStep:
        """Add interest to what borrowers owe and to what shares are worth; nothing is paid.

        Raises:
            ValueError: no integer >= 0.
        """
        interest = at_least("interest", interest, 0)
        owed = self.borrowed + interest
        return self._step(self.claims.donate("borrowers", interest).vault, owed, interest, "interest")

    def write_off(self, assets: int) -> MarketStep:
        """Give up what borrowers will not pay: all lenders of this market bear it in proportion.

        Raises:
            ValueError: more than is owed.
        """
        assets = integer("assets", assets, 0, self.borrowed)
        owed = self.borrowed - assets
        return self._step(self.claims.lose("borrowers", assets).vault, owed, assets, "loss")

    def _changed(self, change: VaultChange, reason: str, pays: str = "", gets: str = "") -> MarketStep:
        return self._step(change.vault, self.borrowed, change.assets, reason, pays, gets)

    def _step(
        self, claims: ShareVault, borrowed: int, assets: int, reason: str, pays: str = "", gets: str = ""
    ) -> MarketStep:
        payer, payee = (pays, self.party) if pays else (self.party, gets or self.party)
        moved = actual([Transfer(payer, payee, assets, "USD", reason)])
        return MarketStep(self, type(self)(self.collateral, claims, borrowed), assets, moved)

    @property
    def party(self) -> str:
        """Name of the market in transfers."""
        return f"market for {self.collateral}"


class MarketStep(NamedTuple):
    """What happened in a transition of an isolated market."""

    before: IsolatedMarket
    market: IsolatedMarket  #: the market after
    assets: int  #: paid, added or given up (smallest units)
    transfers: tuple[Transfer, ...]  #: the loan asset, "USD"; claims are not booked
