"""Perpetual futures: funding, margins, and who pays when a margin is not enough; worked values by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.ledger import Ledger, who_profits
from defi_lib.lending import (
    FuturesAccounts,
    funding_paid,
    funding_rate,
    leverage_reached,
    liquidation_line,
    settle_futures,
)

RULES = ("queue", "shared", "members")


def four(fund=0.0):
    """Two longs of ten and two shorts of ten, opened at 4,000, with ten times and twice; the makers."""
    return FuturesAccounts([10.0, 10.0, -10.0, -10.0, 0.0], 4_000.0, [4e3, 2e4, 4e3, 2e4, 1e6], fund)


@st.composite
def books(draw):
    """Accounts of any size at entries of their own; the makers hold what is left over."""
    count = draw(st.integers(1, 7))
    numbers = st.floats(0.1, 100.0)
    size = np.array([draw(numbers) * draw(st.sampled_from((-1.0, 1.0))) for _ in range(count)])
    entry = np.array([draw(st.floats(50.0, 150.0)) for _ in range(count)])
    margin = np.abs(size) * entry * [draw(st.floats(0.01, 2.0)) for _ in range(count)]
    size, entry = np.append(size, -size.sum()), np.append(entry, 100.0)
    return FuturesAccounts(size, entry, np.append(margin, 1e9), draw(st.sampled_from((0.0, 10.0, 1e4))))


class TestFunding:
    @pytest.mark.parametrize(
        "premium, rate",
        [(0.0, 0.0001), (0.0006, 0.0001), (0.0007, 0.0002), (-0.0004, 0.0001), (-0.0005, 0.0), (0.01, 0.0095)],
    )
    def test_the_premium_counts_beyond_a_band_around_the_interest(self, premium, rate):
        assert funding_rate(premium) == pytest.approx(rate, abs=1e-15)

    def test_whoever_is_on_the_crowded_side_pays(self):
        paid = funding_paid([3.0, -1.0, -2.0], 100.0, funding_rate(0.01))
        assert paid[0] > 0 > max(paid[1:]) and paid.sum() == pytest.approx(0.0, abs=1e-12)
        paid = funding_paid([3.0, -1.0, -2.0], 100.0, funding_rate(-0.01))
        assert paid[0] < 0 < min(paid[1:])

    def test_the_example_of_the_documentation(self):
        assert funding_rate(0.01) == pytest.approx(0.0095)  # a premium of 1 %: 0.95 % for eight hours

    def test_bad_arguments(self):
        with pytest.raises(ValueError, match="band = -1"):
            funding_rate(0.0, band=-1)
        with pytest.raises(ValueError, match="index = 0"):
            funding_paid(1.0, 0.0, 0.1)


class TestAccounts:
    def test_by_hand(self):
        book = four()
        assert book.profit(3_500.0).tolist() == [-5e3, -5e3, 5e3, 5e3, 0.0]
        assert book.equity(3_500.0).tolist() == [-1e3, 1.5e4, 9e3, 2.5e4, 1e6]
        assert book.leverage(4_000.0).tolist() == [10.0, 2.0, 10.0, 2.0, 0.0]
        assert book.bankruptcy_price().tolist() == [3_600.0, 2_000.0, 4_400.0, 6_000.0, np.inf]
        assert np.isinf(book.leverage(3_500.0)[0])

    def test_a_price_beyond_what_a_float_can_hold_is_refused(self):
        book = FuturesAccounts([1e150, -1e150, 0.0], 1e100, 1.0)
        with pytest.raises(ValueError, match="profit"):
            book.equity(1e300)

    def test_prices_are_scenarios(self):
        many = four().equity(np.array([4_000.0, 3_500.0]))
        assert many.shape == (2, 5) and many[1].tolist() == four().equity(3_500.0).tolist()

    def test_the_line(self):
        # An account of a tenth falls to 2 % of what is left of the position where 1 - 0.9/p is 2 %.
        assert liquidation_line(10.0, 0.02) == pytest.approx(0.9 / 0.98)
        assert liquidation_line(50.0, 0.02) == 1.0 and liquidation_line(1.0, 0.02) == 0.0

    @given(fall=st.floats(0.01, 0.9), maintenance=st.floats(0.001, 0.5))
    def test_the_leverage_that_a_fall_reaches_is_liquidated_there(self, fall, maintenance):
        leverage = leverage_reached(fall, maintenance)
        assert liquidation_line(leverage, maintenance) == pytest.approx(1 - fall)

    def test_no_fall_and_no_margin(self):
        with pytest.raises(ValueError, match="fall and maintenance together = 0"):
            leverage_reached(0.0, 0.0)

    @pytest.mark.parametrize(
        "arguments, words",
        [
            (([1.0, -2.0], 1.0, 1.0), "sum of size = -1 is not possible: allowed is 0"),
            (([1.0, -1.0], 0.0, 1.0), "entry = 0"),
            (([1.0, -1.0], 1.0, -1.0), "margin = -1"),
            (([1.0, -1.0], 1.0, 1.0, -1.0), "fund = -1"),
            (([], 1.0, 1.0), "one or more accounts"),
            (([1.0, -1.0], [1.0, 1.0, 1.0], 1.0), "shapes do not fit"),
        ],
    )
    def test_bad_accounts(self, arguments, words):
        with pytest.raises(ValueError, match=words):
            FuturesAccounts(*arguments)

    @pytest.mark.parametrize("leverage", [0.5, 51.0])
    def test_a_leverage_beyond_the_line(self, leverage):
        with pytest.raises(ValueError, match=r"allowed are 1 to 1/maintenance"):
            liquidation_line(leverage, 0.02)


class TestSettlement:
    def test_the_head_of_the_queue_is_closed_at_the_losers_bankruptcy_price(self):
        step = settle_futures(four(), 3_500.0, 0.02, 0.01)
        assert step.liquidated.tolist() == [True, False, False, False, False]
        assert step.lacking[0] == pytest.approx(1_350.0)  # 1,000, and 35 a coin for the sale that does not happen
        assert step.closed.tolist() == [0.0, 0.0, 10.0, 0.0, 0.0]  # ten times, so first
        assert step.lost_by_winners == pytest.approx(1_000.0)  # closed at 3,600 in place of 3,500
        assert step.accounts.equity(3_500.0).tolist() == [0.0, 1.5e4, 8e3, 2.5e4, 1e6]
        assert step.accounts.size.tolist() == [0.0, 10.0, 0.0, -10.0, 0.0]

    def test_socialised_loss_takes_the_same_part_of_each_profit(self):
        step = settle_futures(four(), 3_500.0, 0.02, 0.01, "shared")
        assert step.lost_by_winners == pytest.approx(1_350.0)
        assert step.shared[2:4].tolist() == pytest.approx([-675.0, -675.0])
        assert step.accounts.size.tolist() == [0.0, 10.0, -10.0, -10.0, 10.0]

    def test_members_pay_all(self):
        step = settle_futures(four(), 3_500.0, 0.02, 0.01, "members")
        assert step.lost_by_winners == 0 and step.from_members.sum() == pytest.approx(1_350.0)

    def test_the_fund_pays_first_and_the_rest_of_the_position_is_closed(self):
        step = settle_futures(four(fund=675.0), 3_500.0, 0.02, 0.01)
        assert step.insured.sum() == pytest.approx(675.0) and step.accounts.fund == 0
        assert step.closed.sum() == pytest.approx(5.0) and step.lost_by_winners == pytest.approx(500.0)
        assert step.accounts.equity(3_500.0)[0] == 0

    @pytest.mark.parametrize("rule", RULES)
    def test_with_enough_margin_nobody_is_touched(self, rule):
        book = FuturesAccounts([10.0, -10.0, 0.0], 4_000.0, [8e3, 8e3, 1e6], 5.0)
        step = settle_futures(book, 3_500.0, 0.02, 0.01, rule)
        assert not step.liquidated.any() and str(step.lost_by_winners) == "0.0"
        assert step.accounts.equity(3_500.0).tolist() == book.equity(3_500.0).tolist() and step.accounts.fund == 5

    @pytest.mark.parametrize("rule", RULES)
    def test_a_fund_that_is_large_enough_spares_winners(self, rule):
        step = settle_futures(four(fund=1_350.0), 3_500.0, 0.02, 0.01, rule)
        assert step.lost_by_winners == 0 and step.closed.sum() == 0 and step.accounts.fund == pytest.approx(0.0)

    def test_exactly_at_the_maintenance_margin_nothing_happens(self):
        # 0.1 + 0.2 is a little more than 0.3 in floats, and the line is met exactly all the same.
        book = FuturesAccounts([1.0, -1.0, 0.0], 1.0, [0.1 + 0.2, 1.0, 9.0])
        line = liquidation_line(1 / (0.1 + 0.2), 0.1)
        assert not settle_futures(book, line, 0.1).liquidated.any()
        assert settle_futures(book, line * (1 - 1e-9), 0.1).liquidated.tolist() == [True, False, False]

    def test_shorts_are_closed_against_longs(self):
        book = FuturesAccounts([10.0, -10.0, 0.0], 4_000.0, [2e4, 4e3, 1e6])
        step = settle_futures(book, 4_600.0, 0.02)
        assert step.closed.tolist() == [10.0, 0.0, 0.0] and step.lost_by_winners == pytest.approx(2_000.0)

    def test_a_low_leverage_is_no_shelter_if_the_profit_is_large(self):
        # One short is open since 9,000 (60 % won, leverage 0.65), the other since 3,700 (2.7 % won, leverage 9.5).
        book = FuturesAccounts([15.0, -10.0, -10.0, 5.0], [4e3, 9e3, 3.7e3, 4e3], [5e3, 1e3, 2.8e3, 1e6])
        assert book.leverage(3_600.0)[1:3] == pytest.approx([36 / 55, 36 / 3.8])
        assert settle_futures(book, 3_600.0, 0.02).closed.tolist() == [0.0, 10.0, 5.0, 0.0]

    def test_who_could_not_pay_for_the_closing_is_passed_over_and_makers_take_the_rest(self):
        # Sold just now at 3,510 with a margin of 500 for ten coins: a closing at 3,600 would cost 900.
        book = FuturesAccounts([10.0, -10.0, 0.0], [4_000.0, 3_510.0, 3_500.0], [4e3, 800.0, 1e6])
        step = settle_futures(book, 3_500.0, 0.02)
        assert step.closed.sum() == 0 and step.delevered[-1] == pytest.approx(-1_000.0)
        assert step.accounts.size.tolist() == [0.0, -10.0, 10.0]

    @pytest.mark.parametrize("rule", RULES)
    @given(book=books(), mark=st.floats(20.0, 300.0), slip=st.sampled_from((0.0, 0.01, 0.2)))
    def test_nothing_is_lost_and_nobody_is_below_zero(self, rule, book, mark, slip):
        step = settle_futures(book, mark, 0.02, slip, rule)
        after = step.accounts
        before = book.equity(mark).sum() + book.fund + step.from_members.sum()
        assert after.equity(mark).sum() + after.fund == pytest.approx(before, abs=1e-3)
        assert np.all(after.margin >= 0) and np.all(after.equity(mark)[:-1] >= -1e-7)
        assert after.size.sum() == pytest.approx(0.0, abs=1e-9)
        assert np.all(after.size[:-1][step.liquidated[:-1]] == 0)
        assert np.all(np.abs(after.size[:-1]) <= np.abs(book.size[:-1]) + 1e-12)
        assert np.all(step.closed[step.liquidated] == 0)
        ledger = Ledger(new_parties="by name")
        ledger.book(step)
        ledger.check_conserved()

    @given(book=books(), moves=st.lists(st.floats(50.0, 200.0), min_size=2, max_size=5))
    def test_whatever_the_price_does_the_sum_of_accounts_stays(self, book, moves):
        sums = book.equity(np.array(moves)).sum(axis=-1)
        assert sums == pytest.approx(np.full(len(moves), sums[0]), rel=1e-9)

    def test_many_scenarios_are_each_scenario(self):
        marks, slips = np.array([3_900.0, 3_500.0, 3_000.0]), np.array([0.0, 0.01, 0.05])
        many = settle_futures(four(100.0), marks, 0.02, slips)
        for at, (mark, slip) in enumerate(zip(marks, slips, strict=True)):
            one = settle_futures(four(100.0), mark, 0.02, slip)
            for name in ("lacking", "insured", "closed", "delevered", "slipped"):
                assert getattr(many, name)[at] == pytest.approx(getattr(one, name))
            assert many.accounts.margin[at] == pytest.approx(one.accounts.margin)

    def test_the_ledger_says_who_paid(self):
        names = ("Ann", "Ben", "Carl", "Dora", "makers")
        parties = {each: each for each in (*names, "exchange", "insurance fund", "members")}
        ledger = Ledger(parties)
        ledger.book(settle_futures(four(), 3_500.0, 0.02, 0.01), traders=names)
        total = who_profits(ledger)["total"]
        assert [total[name] for name in names] == pytest.approx([-4e3, -5e3, 4e3, 5e3, 0.0])
        assert total["exchange"] == pytest.approx(0.0)

    @pytest.mark.parametrize(
        "changed, words",
        [
            ({"mark": 0.0}, "mark = 0"),
            ({"maintenance": 1.0}, "maintenance = 1"),
            ({"slip": -0.1}, "slip = -0.1"),
            ({"rule": "lottery"}, "rule = 'lottery'"),
        ],
    )
    def test_bad_arguments(self, changed, words):
        with pytest.raises(ValueError, match=words):
            settle_futures(four(), **({"mark": 3_500.0, "maintenance": 0.02} | changed))

    def test_makers_without_money(self):
        # Nobody wins whose profit could pay: the short of the pair has just been opened.
        book = FuturesAccounts([10.0, -10.0, 0.0], [4e3, 3_500.0, 1.0], [4e3, 4e3, 0.0])
        with pytest.raises(ValueError, match="margin"):
            settle_futures(book, 3_500.0, 0.02)
