"""Every result of Maker's liquidations and of its surplus and debt auctions, step by step and as whole sequences."""

import pytest

from defi_lib.lending import (
    AuctionTerms,
    BalanceSheet,
    DebtAuction,
    DebtCeiling,
    DebtPosition,
    DutchAuction,
    DutchRules,
    ExponentialDecrease,
    LinearDecrease,
    Queued,
    SheetRules,
    StairstepDecrease,
    SurplusAuction,
    start_auction,
)
from tests.support.vectors import cases

WAD, RAY, RAD = 10**18, 10**27, 10**45
CASES = cases("maker_liquidation")
PRICES = [case for case in CASES if case["op"] == "price"]
STEPS = [case for case in CASES if case["op"] != "price"]


def curve_of(params):
    kind = params["kind"]
    if kind == "linear":
        return LinearDecrease(float(params["tau"]))
    cut = int(params["cut"]) / RAY
    return StairstepDecrease(cut, float(params["step"])) if kind == "stairstep" else ExponentialDecrease(cut)


@pytest.mark.parametrize("case", PRICES, ids=lambda case: case["id"])
def test_price_curves(case):
    top, seconds = int(case["inputs"]["top"]) / RAY, float(case["inputs"]["seconds"])
    got = curve_of(case["params"]["curve"]).price(top, seconds)
    # The contract rounds the part of the top that is left to 1e-27.
    assert got == pytest.approx(int(case["outputs"]["price"]) / RAY, rel=2e-13, abs=(2 + top) / RAY)


class Maker:
    """The contracts of one case, put together from the parts of the library; amounts of coins, tokens and MKR."""

    def __init__(self, params, state):
        number = {key: int(value) for key, value in params.items() if key != "curve"}
        self.ratio, self.dust = number["liquidation_ratio"] / RAY, number["dust"] / RAD
        self.rules = DutchRules(
            curve_of(params["curve"]),
            number["buf"] / RAY,
            (number["chop"] - WAD) / WAD,
            float(number["tail"]),
            number["cusp"] / RAY,
            number["tip"] / RAD,
            number["chip"] / WAD,
        )
        terms = [(number[name] - WAD) / WAD for name in ("flop_beg", "flop_pad", "flap_beg")]
        clock = (float(number["ttl"]), float(number["tau"]))
        self.flop_terms, self.flap_terms = AuctionTerms(*terms[:2], *clock), AuctionTerms(terms[2], 0.0, *clock)
        coins = {name: number[name] / RAD for name in ("sump", "bump", "hump", "lid")}
        rules = SheetRules(
            float(number["wait"]), coins["sump"], number["dump"] / WAD, coins["bump"], coins["hump"], coins["lid"]
        )
        self.time, self.price = float(state["block_timestamp"]), int(state["price"]) / WAD
        self.rate = int(state["ilk"]["rate"]) / RAY
        vow = {key: int(value) for key, value in state["vow"].items() if key != "queue"}
        self.sheet = BalanceSheet(
            rules,
            vow["dai"] / RAD,
            (vow["bad_debt"] - vow["queued_bad_debt"] - vow["on_auction"]) / RAD,
            vow["on_auction"] / RAD,
            int(state["flap_dai"]) / RAD,
            tuple(Queued(float(era), int(debt) / RAD) for era, debt in state["vow"]["queue"].items()),
        )
        dirt, here = int(state["dog"]["dirt"]), int(state["dog"]["ilk_dirt"])
        self.tabs = DebtCeiling(
            number["ilk_hole"] / RAD, here / RAD, number["hole"] / RAD, issued_elsewhere=(dirt - here) / RAD
        )
        self.vaults = {name: (int(user["ink"]) / WAD, int(user["art"]) / WAD) for name, user in state["users"].items()}
        self.dai = {name: int(user["dai"]) / RAD for name, user in state["users"].items()}
        self.gems = {name: int(user["collateral_free"]) / WAD for name, user in state["users"].items()}
        self.mkr = {name: int(user["mkr"]) / WAD for name, user in state["users"].items()}
        self.supply = int(state["mkr_supply"]) / WAD
        least = number["chost"] / RAD
        self.sales = {
            number: (
                DutchAuction(
                    int(sale["tab"]) / RAD,
                    int(sale["lot"]) / WAD,
                    int(sale["top"]) / RAY,
                    float(sale["start"]),
                    self.rules,
                    least,
                ),
                sale["owner"],
            )
            for number, sale in state["sales"].items()
        }
        self.flops = {number: self.restored(entry, "flop") for number, entry in state["flops"].items()}
        self.flaps = {number: self.restored(entry, "flap") for number, entry in state["flaps"].items()}
        self.kicked = {"sale": 0, "flop": 0, "flap": 0}

    def restored(self, entry, kind):
        bid, lot = (int(entry[name]) for name in ("bid", "lot"))
        if kind == "flop":
            auction = DebtAuction(bid / RAD, lot / WAD, 0.0, self.flop_terms)
        else:
            auction = SurplusAuction(lot / RAD, 0.0, self.flap_terms)._replace(tokens=bid / WAD)
        if entry["bidder"] != "vow":
            auction = auction._replace(bidder=entry["bidder"], expiry=float(entry["bid_expiry"]))
        return auction._replace(end=float(entry["end"]))

    def vault(self, name):
        ink, art = self.vaults[name]
        return DebtPosition(ink, art * self.rate, self.price, 0.0, self.ratio, self.rate, self.dust)

    def number(self, kind, entries):
        """Of the next auction: one more than the last of the sequence, or the one that the state holds."""
        self.kicked[kind] = max([self.kicked[kind], *map(int, entries)]) + 1
        return str(self.kicked[kind])

    def book(self, transfers):
        for payer, payee, amount, asset, _ in transfers:
            wallets = {"coin": self.dai, "collateral": self.gems, "governance token": self.mkr}.get(asset, {})
            for party, sign in ((payer, -1), (payee, 1)):
                if party in wallets:
                    wallets[party] += sign * amount
                elif asset == "governance token" and party == "outside":
                    self.supply -= sign * amount

    def set_price(self, price):
        self.price = int(price) / WAD

    def warp(self, seconds):
        self.time += float(seconds)

    def stability_fees(self, rate_increase):
        more = int(rate_increase) / RAY
        self.sheet = self.sheet.earn(sum(art for _, art in self.vaults.values()) * more)
        self.rate += more

    def bark(self, user, vault):
        start = start_auction(self.vault(vault), self.rules, self.time, self.tabs.room)
        self.sales[self.number("sale", self.sales)] = (start.auction, vault)
        self.vaults[vault] = (start.position.collateral, start.position.debt / self.rate)
        self.tabs = self.tabs.grow(start.auction.tab)
        self.sheet = self.sheet.enqueue(start.debt, self.time).issue(start.incentive)
        self.book(start.transfers(owner=vault, keeper=user))
        return {"incentive": start.incentive * RAD}

    def take(self, user, sale, amount, max_price):
        auction, owner = self.running(sale)
        take = auction.take(int(amount) / WAD, self.time, int(max_price) / RAY)
        self.sales[sale] = (take.auction, owner)
        if not take.auction.is_running:
            del self.sales[sale]
        self.tabs = self.tabs.issue(-take.paid - take.missing)
        self.sheet = self.sheet.earn(take.paid)
        self.book(take.transfers(bidder=user, owner=owner))
        return {"paid": take.paid * RAD, "bought": take.bought * WAD}

    def redo(self, user, sale):
        auction, owner = self.running(sale)
        restart = auction.redo(self.price, self.time)
        self.sales[sale] = (restart.auction, owner)
        self.sheet = self.sheet.issue(restart.incentive)
        self.book(restart.transfers(keeper=user))
        return {"incentive": restart.incentive * RAD}

    def running(self, sale):
        if sale not in self.sales:
            raise ValueError("no such sale")
        return self.sales[sale]

    def heal(self, user, amount):
        self.sheet = self.sheet.heal(int(amount) / RAD)

    def flog(self, user, era):
        self.sheet = self.sheet.release(float(era), self.time)

    def flop(self, user):
        self.sheet, auction = self.sheet.start_debt_auction(self.time, self.flop_terms)
        self.flops[self.number("flop", self.flops)] = auction

    def flap(self, user):
        self.sheet, auction = self.sheet.start_surplus_auction(self.time, self.flap_terms)
        self.flaps[self.number("flap", self.flaps)] = auction

    def dent(self, user, auction, lot, bid):
        before = self.flops[auction]
        if int(bid) / RAD != before.coins:
            raise ValueError("a debt auction has one amount of coins, so that the library has no such argument")
        result = before.bid(user, int(lot) / WAD, self.time)
        if before.bidder is None:
            self.sheet = self.sheet.pay_auctioned(before.coins)
        self.flops[auction] = result.auction
        self.book(result.transfers)

    def tend(self, user, auction, lot, bid):
        result = self.flaps[auction].bid(user, int(bid) / WAD, self.time)
        self.flaps[auction] = result.auction
        self.book(result.transfers)

    def flop_deal(self, user, auction):
        self.book(self.flops[auction].settle(self.time).transfers)
        del self.flops[auction]

    def flap_deal(self, user, auction):
        settled = self.flaps[auction].settle(self.time)
        self.sheet = self.sheet.sold(settled.coins)
        self.book(settled.transfers)
        del self.flaps[auction]

    def flop_tick(self, user, auction):
        self.flops[auction] = self.flops[auction].restart(self.time)

    def flap_tick(self, user, auction):
        self.flaps[auction] = self.flaps[auction].restart(self.time)


def close(got, want, unit, size=0.0):
    """Within the tolerance of the results for floats; ``size`` is that of the terms that ``got`` is made of."""
    assert got == pytest.approx(int(want) / unit, rel=1e-12, abs=1e-13 * size)


def compare(maker, after):
    """The contracts hold what they hold after the case."""
    vow, total = after["vow"], 1e6  # coins of all users together
    assert maker.time == float(after["block_timestamp"])
    close(maker.sheet.surplus, vow["dai"], RAD, 1e5)
    close(maker.sheet.bad_debt, vow["bad_debt"], RAD, 1e5)
    close(maker.sheet.queued, vow["queued_bad_debt"], RAD, 1e5)
    close(maker.sheet.on_auction, vow["on_auction"], RAD)
    close(maker.sheet.on_sale, after["flap_dai"], RAD)
    assert {str(int(entry.time)) for entry in maker.sheet.queue} == set(vow["queue"])
    close(maker.tabs.issued, after["dog"]["ilk_dirt"], RAD, 1e5)
    close(maker.supply, after["mkr_supply"], WAD)
    for name, user in after["users"].items():
        close(maker.vaults[name][0], user["ink"], WAD)
        close(maker.vaults[name][1], user["art"], WAD)
        close(maker.dai[name], user["dai"], RAD, total)
        close(maker.gems[name], user["collateral_free"], WAD, 1e2)
        close(maker.mkr[name], user["mkr"], WAD)
    assert set(maker.sales) == set(after["sales"])
    for number, sale in after["sales"].items():
        auction, owner = maker.sales[number]
        assert (owner, auction.start) == (sale["owner"], float(sale["start"]))
        close(auction.tab, sale["tab"], RAD, 1e5)
        close(auction.lot, sale["lot"], WAD, 1e2)
        close(auction.top, sale["top"], RAY)
        close(auction.price(maker.time), sale["price"], RAY)
        assert auction.needs_reset(maker.time) == sale["needs_reset"]
    for auctions, entries, units in (
        (maker.flops, after["flops"], (RAD, WAD)),
        (maker.flaps, after["flaps"], (WAD, RAD)),
    ):
        assert set(auctions) == set(entries)
        for number, entry in entries.items():
            auction = auctions[number]
            bid, lot = (auction.coins, auction.tokens) if auctions is maker.flops else (auction.tokens, auction.coins)
            close(bid, entry["bid"], units[0])
            close(lot, entry["lot"], units[1])
            assert (auction.bidder or "vow", auction.end) == (entry["bidder"], float(entry["end"]))
            if auction.bidder:
                assert auction.expiry == float(entry["bid_expiry"])


def check(maker, case):
    """Play the case on ``maker``: the same refusals, the same results, the same state after."""
    if case["outputs"]["reverted"]:
        with pytest.raises(ValueError):
            getattr(maker, case["op"])(**case["inputs"])
    else:
        got = getattr(maker, case["op"])(**case["inputs"]) or {}
        for key, value in got.items():
            assert value == pytest.approx(int(case["outputs"][key]), rel=1e-12, abs=1)
    compare(maker, case["state_after"])


@pytest.mark.parametrize("case", STEPS, ids=lambda case: case["id"])
def test_each_step(case):
    maker = Maker(case["params"], case["state_before"])
    for kind, key in (("sale", "sale"), ("flop", "auction"), ("flap", "auction")):
        maker.kicked[kind] = int(case["outputs"].get(key) or 1) - 1
    check(maker, case)


@pytest.mark.parametrize("group", ["clip", "vow"])
def test_the_whole_sequence(group):
    steps = [case for case in STEPS if case["group"] == group]
    maker = Maker(steps[0]["params"], steps[0]["state_before"])
    for case in steps:
        check(maker, case)
