"""A pool of Aave v3 in integers, as deployed: what the market in floats must agree with where no vector is at hand."""

from dataclasses import dataclass, field

RAY, BPS, YEAR, WAD, MAXIMUM = 10**27, 10_000, 31_536_000, 10**18, 2**256 - 1


class RefusedError(Exception):
    pass


def require(good):
    if not good:
        raise RefusedError


def ratio(value, numerator, denominator):
    """``value·numerator/denominator``, a half goes up."""
    return (value * numerator + denominator // 2) // denominator


@dataclass
class ExactReserve:
    decimals: int
    ltv: int
    threshold: int
    bonus: int  #: 10500 for 5 %
    fee: int
    factor: int
    curve: tuple[int, int, int, int]  #: base, slopes, optimal utilisation (ray)
    price: int
    cash: int = 0
    supply: dict[str, int] = field(default_factory=dict)
    debt: dict[str, int] = field(default_factory=dict)
    pledged: set[str] = field(default_factory=set)
    treasury: int = 0
    supply_index: int = RAY
    borrow_index: int = RAY
    supply_rate: int = 0
    borrow_rate: int = 0
    touched: int = 0

    @property
    def unit(self):
        return 10**self.decimals

    def indices(self, now):
        """Supply and borrow index at ``now``."""
        seconds, rate = now - self.touched, self.borrow_rate
        supply = ratio(self.supply_index, RAY + self.supply_rate * seconds // YEAR, RAY)
        square = ratio(rate, rate, RAY) // (YEAR * YEAR)
        cube = ratio(square, rate, RAY) // YEAR
        second = seconds * max(seconds - 1, 0) * square // 2
        third = seconds * max(seconds - 1, 0) * max(seconds - 2, 0) * cube // 6
        growth = RAY + rate * seconds // YEAR + second + third
        return supply, ratio(self.borrow_index, growth, RAY) if self.debt else self.borrow_index

    def supplied(self, user, now):
        return ratio(self.supply.get(user, 0), self.indices(now)[0], RAY)

    def owed(self, user, now):
        return ratio(self.debt.get(user, 0), self.indices(now)[1], RAY)

    def accrue(self, now):
        supply, borrow = self.indices(now)
        scaled = sum(self.debt.values())
        accrued = ratio(scaled, borrow, RAY) - ratio(scaled, self.borrow_index, RAY)
        self.treasury += ratio(ratio(accrued, self.factor, BPS), RAY, supply)
        self.supply_index, self.borrow_index, self.touched = supply, borrow, now

    def reprice(self):
        debt = ratio(sum(self.debt.values()), self.borrow_index, RAY)
        base, low, high, optimal = self.curve
        used = ratio(debt, RAY, self.cash + debt) if debt else 0
        if used > optimal:
            rate = base + low + ratio(high, ratio(used - optimal, RAY, RAY - optimal), RAY)
        else:
            rate = base + ratio(ratio(low, used, RAY), RAY, optimal)
        self.borrow_rate = rate if debt else base
        # The contract takes the mean rate of stable and variable debt, though all of it is variable.
        mean = ratio(ratio(debt * 10**9, rate, RAY), RAY, debt * 10**9) if debt else 0
        self.supply_rate = ratio(ratio(mean, used, RAY), BPS - self.factor, BPS)

    def add(self, book, user, amount, index):
        book[user] = book.get(user, 0) + ratio(amount, RAY, index)

    def take(self, book, user, amount, index):
        book[user] -= ratio(amount, RAY, index)
        if not book[user]:
            del book[user]


class ExactPool:
    def __init__(self, reserves, now):
        self.reserves, self.now = reserves, now

    def account(self, user):
        """Collateral, debt (10⁻⁸ USD), loan-to-value, threshold (basis points), health factor (10⁻¹⁸)."""
        collateral = debt = loan = threshold = 0
        for reserve in self.reserves.values():
            if user in reserve.pledged and reserve.supply.get(user):
                value = reserve.supplied(user, self.now) * reserve.price // reserve.unit
                collateral, loan = collateral + value, loan + value * reserve.ltv
                threshold += value * reserve.threshold
            debt += reserve.owed(user, self.now) * reserve.price // reserve.unit
        loan, threshold = (loan // collateral, threshold // collateral) if collateral else (0, 0)
        health = ratio(ratio(collateral, threshold, BPS), WAD, debt) if debt else MAXIMUM
        return collateral, debt, loan, threshold, health

    def known(self, user):
        return any(user in book for reserve in self.reserves.values() for book in (reserve.supply, reserve.debt))

    def totals(self, asset):
        """Supplied and owed by all."""
        reserve = self.reserves[asset]
        supply, borrow = reserve.indices(self.now)
        return ratio(sum(reserve.supply.values()), supply, RAY), ratio(sum(reserve.debt.values()), borrow, RAY)

    def available(self, user):
        collateral, debt, loan, _, _ = self.account(user)
        return max(ratio(collateral, loan, BPS) - debt, 0)

    def supply(self, user, asset, amount):
        reserve = self.reserves[asset]
        require(amount)
        reserve.accrue(self.now)
        if user not in reserve.supply:
            reserve.pledged.add(user)
        reserve.add(reserve.supply, user, amount, reserve.supply_index)
        reserve.cash += amount
        reserve.reprice()

    def withdraw(self, user, asset, amount=None):
        reserve = self.reserves[asset]
        balance = reserve.supplied(user, self.now)
        amount = balance if amount is None else amount
        require(0 < amount <= balance and amount <= reserve.cash)
        reserve.accrue(self.now)
        reserve.take(reserve.supply, user, amount, reserve.supply_index)
        reserve.cash -= amount
        reserve.reprice()
        require(user not in reserve.pledged or self.account(user)[4] >= WAD)
        if amount == balance:
            reserve.pledged.discard(user)
        return amount

    def borrow(self, user, asset, amount):
        reserve = self.reserves[asset]
        collateral, debt, loan, _, health = self.account(user)
        require(0 < amount <= reserve.cash and collateral and loan and health > WAD)
        require(ratio(debt + amount * reserve.price // reserve.unit, BPS, loan) <= collateral)
        reserve.accrue(self.now)
        reserve.add(reserve.debt, user, amount, reserve.borrow_index)
        reserve.cash -= amount
        reserve.reprice()

    def repay(self, user, asset, amount=None):
        reserve = self.reserves[asset]
        debt = reserve.owed(user, self.now)
        amount = debt if amount is None else min(amount, debt)
        require(amount)
        reserve.accrue(self.now)
        reserve.take(reserve.debt, user, amount, reserve.borrow_index)
        reserve.cash += amount
        reserve.reprice()
        return amount

    def liquidate(self, user, collateral, debt, at_most=None):
        """Repaid, received by the liquidator, and the fee of the treasury."""
        seizing, repaying = self.reserves[collateral], self.reserves[debt]
        health, owed = self.account(user)[4], repaying.owed(user, self.now)
        require(health < WAD and user in seizing.pledged and owed)
        most = owed if health <= 95 * WAD // 100 else ratio(owed, 5000, BPS)
        repaid = most if at_most is None else min(at_most, most)
        require(repaid)
        balance = seizing.supplied(user, self.now)
        worth = repaid * repaying.price * seizing.unit // (seizing.price * repaying.unit)
        seized = ratio(worth, seizing.bonus, BPS)
        if seized > balance:
            seized = balance
            worth = balance * seizing.price * repaying.unit // (repaying.price * seizing.unit)
            repaid = ratio(worth, BPS, seizing.bonus)
        fee = ratio(seized - ratio(seized, BPS, seizing.bonus), seizing.fee, BPS)
        require(seizing is not repaying and seized - fee <= seizing.cash)
        if seized == balance:
            seizing.pledged.discard(user)
        repaying.accrue(self.now)
        repaying.take(repaying.debt, user, repaid, repaying.borrow_index)
        repaying.cash += repaid
        repaying.reprice()
        seizing.accrue(self.now)
        seizing.take(seizing.supply, user, seized - fee, seizing.supply_index)
        seizing.cash -= seized - fee
        seizing.reprice()
        moved = min(ratio(fee, RAY, seizing.supply_index), seizing.supply.get(user, 0))
        if moved:
            seizing.add(seizing.supply, "treasury", moved, RAY)
            seizing.take(seizing.supply, user, moved, RAY)
        return repaid, seized - fee, fee
