"""One way from the records of mechanisms to the ledger: ``Ledger.book``."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib import ledger as tables
from defi_lib.ledger import OUTSIDE, Ledger, Moment, Transfer, actual, divide, profits, sell
from defi_lib.ledger.transfer import by_name
from tests.support.contracts import assert_refuses


class Fare(NamedTuple):
    """A record whose roles get their names when it is booked."""

    amount: float

    def transfers(self, rider="rider", driver="driver"):
        return (Transfer(rider, driver, self.amount, "USD", "fare"),)


class Debt(NamedTuple):
    """A record that knows its names."""

    transfers: tuple[Transfer, ...] = (Transfer("Ann", "Ben", 2.0, "USD", "loan"),)


class Week:
    """A run in time, whose token is worth more every day."""

    def moments(self, holder="holder"):
        for day in range(3):
            transfers = (Transfer(OUTSIDE, holder, 1.0, "token", "emission"),)
            yield Moment(transfers, {"token": day + 1.0}, float(day))


def test_names_of_roles_are_given_when_booking():
    ledger = Ledger(["rider", "driver", "Ann"])
    ledger.book(Fare(3.0))
    ledger.book(Fare(4.0), Fare(5.0), time=2.0, rider="Ann")
    assert (ledger.balance("driver", "USD"), ledger.balance("Ann", "USD"), ledger.time) == (12.0, -9.0, 2.0)


def test_records_with_their_own_names_and_bare_transfers():
    ledger = Ledger({"Ann": "user", "Ben": "user"})
    moves = [Transfer("Ben", "Ann", 1.0, "USD", "gift")] * 2
    ledger.book(Debt(), moves, moves[0], (move for move in moves))
    assert ledger.balance("Ann", "USD") == 3.0
    with pytest.raises(ValueError, match=r"names = \['lender'\].*Debt have their own names"):
        ledger.book(Debt(), lender="Carl")


@pytest.mark.parametrize("start", [None, 10.0])
def test_a_run_marks_prices_on_its_way(start):
    ledger = Ledger(["holder"])
    ledger.book(Week(), time=start)
    assert ledger.transfers()["time"].tolist() == [(start or 0.0) + day for day in range(3)]
    assert profits(ledger)["holder"] == {"emission": 6.0, "price change": 3.0, "total": 9.0}


def test_the_outside_mints_and_burns_whatever_the_ledger_calls_it():
    ledger = Ledger(["a", "b"], outside="nowhere")
    moves = [
        Transfer(OUTSIDE, "a", 5.0, "token", "emission"),
        Transfer("a", "b", 3.0, "token", "sale"),
        Transfer("b", OUTSIDE, 1.0, "token", "burn"),
    ]
    ledger.book(moves, time=7.0)
    assert (ledger.balance("a", "token"), ledger.balance("b", "token"), ledger.supply("token")) == (2.0, 2.0, 4.0)
    assert ledger.time == 7.0
    ledger.check_conserved()


def test_nothing_is_written_if_a_party_is_unknown():
    ledger = Ledger(["a", "b"])
    good = Transfer("a", "b", 1.0, "USD", "fee")
    for bad, message in (
        (good._replace(payee="c"), "payee = 'c' is no party"),
        (good._replace(payer="b"), "payer = 'b' pays itself"),
        (good._replace(payer=OUTSIDE, payee=OUTSIDE), "pays itself"),
    ):
        with pytest.raises(ValueError, match=message):
            ledger.book(good, bad)
    assert ledger.flows == {}


@pytest.mark.parametrize("thing", [1.0, "ab", [("a", "b", 1.0, "USD", "fee")], [Fare(1.0)], Ledger(["a"])])
def test_what_is_no_record_is_refused(thing):
    with pytest.raises(ValueError, match="is no Transfer: book records"):
        Ledger(["a", "b", "rider", "driver"]).book(thing)


def test_new_parties_are_registered_by_name_only_if_asked():
    ledger = Ledger({"cloud": "baseline"}, new_parties="by name")
    ledger.book(Transfer("buyer 3", "node 12", 5.0, "USD", "rent"), Transfer("7", "cloud", 1.0, "USD", "rent"))
    ledger.record("late", "node 2", 1.0, "USD", "rent")
    ledger.mint("node 3", 1.0, "token")
    ledger.open("node 4", "USD", 1.0)
    roles = {"cloud": "baseline", "buyer 3": "buyer", "node 12": "node", "7": "7", "late": "late"}
    assert ledger.roles == roles | {f"node {n}": "node" for n in (2, 3, 4)}
    with pytest.raises(ValueError, match="party = 'node 5' is no party"):
        ledger.balance("node 5", "USD")
    with pytest.raises(ValueError, match=r"new_parties = 'maybe'.*'refused', 'by name'"):
        Ledger(new_parties="maybe")


def test_names_alone_are_their_own_roles():
    assert Ledger(["a", "b"]).roles == Ledger({"a": "a", "b": "b"}).roles
    with pytest.raises(ValueError, match="roles = 'ab' is one name"):
        Ledger("ab")


def test_tables_are_functions_and_methods():
    ledger = Ledger(["rider", "driver"])
    ledger.book(Fare(np.array([3.0, 4.0])))
    for name in ("by_party", "by_role", "by_reason", "over_time", "transfers"):
        assert getattr(tables, name)(ledger, scenario=1).equals(getattr(ledger, name)(scenario=1))


def test_a_sale_moves_tokens_one_way_and_money_the_other():
    ledger = Ledger(["node 1", "buyer"])
    ledger.mark("TOKEN", 2.0)
    ledger.book(sell("node 1", "buyer", np.array([3.0, 0.0]), 2.0, "TOKEN"))
    assert ledger.balance("buyer", "TOKEN").tolist() == [3, 0]
    assert ledger.balance("node 1", "USD").tolist() == [6, 0]
    assert np.all(ledger.wealth("buyer") == 0)  # at the market price nobody gains
    ledger.check_conserved()


@given(st.floats(0, 1), st.floats(0, 1e9))
def test_divided_transfers_are_the_whole(part, amount):
    whole = [
        Transfer("users", "nodes", amount, "USD", "rent"),
        Transfer("nodes", "power", amount / 2, "USD", "cost"),
        Transfer("users", "power", 1.0, "USD", "fee"),
    ]
    divided = divide(whole, "nodes", {"early": part, "late": 1 - part})
    assert [transfer[:2] for transfer in divided] == [
        ("users", "early"), ("users", "late"), ("early", "power"), ("late", "power"), ("users", "power")
    ]  # fmt: skip
    assert divided[-1] == whole[-1]
    assert divided[0].amount + divided[1].amount == pytest.approx(amount)
    assert divided[0].amount == amount * part


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sell("a", "b", -1.0, 1.0, "T"), r"tokens = -1 .*\[0, inf\)"),
        (lambda: sell("a", "b", 1.0, -1.0, "T"), r"price = -1 .*\[0, inf\)"),
        (lambda: sell("a", "b", np.ones(2), np.ones(3), "T"), "shapes do not fit"),
        (lambda: divide([], "a", {"b": 1.5, "c": -0.5}), r"parts\['b'\] = 1.5 .*\[0, 1\]"),
        (lambda: divide([], "a", {"b": 0.5, "c": 0.4}), r"sum of parts = 0.9 is not possible: allowed is 1"),
        (lambda: divide([], "a", {}), r"sum of parts = 0 is not possible: allowed is 1"),
        (lambda: list(by_name("who", ["a"], [np.ones(3)])), "who has 1 names: allowed is one, or one for each of 3"),
        (lambda: list(by_name("who", "a", [np.ones(3)], False)), "who has 1 names: allowed is one for each of 3"),
    ],
)
def test_errors_name_the_argument(call, message):
    assert_refuses(call, message)


def test_amounts_are_summed_by_name():
    found = dict(by_name("who", ["a", "b", "a"], [np.arange(6.0).reshape(2, 3)]))
    assert {name: column.tolist() for name, (column,) in found.items()} == {"a": [2.0, 8.0], "b": [1.0, 4.0]}
    assert dict(by_name("who", "a", [np.ones(3), 2.0])) == {"a": [3.0, 2.0]}


def test_actual_transfers_are_of_something_and_between_two():
    move = Transfer("a", "b", 1.0, "USD", "fee")
    assert actual([move, move._replace(amount=0.0), move._replace(payee="a")]) == (move,)
