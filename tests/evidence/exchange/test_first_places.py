"""What the evidence on auctions of the first place rests on, beside what its effect is tested for anyway."""

import numpy as np
import pytest

from defi_lib.evidence import effect, today
from defi_lib.evidence.exchange.first_places import POOL, following_fee, gain_at, gain_by_fee, three_pools
from defi_lib.exchange import best_fee, first_place, kept_by_rivals
from defi_lib.ledger import who_profits

AUCTION = effect("P15c")
KNOWN = {name: each.today for name, each in AUCTION.assumptions.items()}


def at(**changed):
    return float(AUCTION(today(AUCTION.assumptions, changed=changed))[0])


def test_the_explorer_shows_both_sides_of_the_effect():
    best = [
        best_fee(
            lambda fee, name=name: np.asarray(gain_by_fee(fee, KNOWN["bid"], KNOWN["exchange_fee"], 12.0, 0.78)[name])
        )[1]
        for name in ("Ordinary", "Auctioned")
    ]
    assert best[1] - best[0] == pytest.approx(at(), rel=1e-6)


def test_the_order_of_the_three_curves():
    year = gain_by_fee(np.geomspace(2e-4, 0.01, 30), 1.0, 0.004, 12.0, 0.78)
    assert np.all(year["Never old"] > year["Auctioned"]) and np.all(year["Auctioned"] > year["Ordinary"])
    lone = gain_by_fee(0.003, 0.0, 0.004, 12.0, 0.78)
    assert lone["Auctioned"] < lone["Ordinary"]  # the auction's gas makes arbitrageurs wait, and bids nothing


def test_what_turns_the_answer_as_lesson_and_quiz_say():
    size = 0.005
    assert at(exchange_fee=0.004) < size < at(exchange_fee=0.0025) < at(exchange_fee=0.002) < at()
    assert at(passers_by=0.08) > size and at(block_time=0.2) > size and at(bid=0.45) > size
    assert at(bid=0.25) < size < at(bid=0.35), "three tenths where a trade elsewhere costs 0.1 %"
    assert at(exchange_fee=0.004, bid=0.8) < size < at(exchange_fee=0.004, bid=0.9), "nearly nine where it costs 0.4 %"
    assert at() == pytest.approx(3 * at(exchange_fee=0.004), rel=0.15)


def test_a_rival_pools_fee_leaves_much_to_auction_whoever_passes_by():
    back = [float(gain_by_fee(0.0005, KNOWN["bid"], elsewhere, 12.0, 0.78)["given back"]) for elsewhere in (5e-4, 4e-3)]
    assert back[0] == pytest.approx(back[1]) and back[0] > 0.015


def test_the_day_block_by_block_agrees_with_the_formula():
    pools = {name: who_profits(ledger) for name, ledger in three_pools().items()}
    for pool in pools.values():
        assert pool.loc["total", "total"] == pytest.approx(0, abs=1e-6)
    gas = 150_000 * KNOWN["gas_price"] * 1e-9 * KNOWN["ether_price"] / POOL
    place = first_place(0.78, 0.003, 365 * 7_200, gas, KNOWN["jumps"], np.log1p(KNOWN["jump"]))
    bids = pools["ordinary"].loc["builders of blocks", "total"]
    assert bids == pytest.approx(KNOWN["bid"] * place.gain * POOL / 365, rel=0.07)
    assert pools["auctioned"].loc["builders of blocks", "total"] == 0
    more = pools["auctioned"].loc["providers", "total"] - pools["ordinary"].loc["providers", "total"]
    more_by_formula = gain_by_fee(0.003, KNOWN["bid"], 0.004, 12.0, 0.78)["given back"] * POOL / 365
    assert more == pytest.approx(more_by_formula, rel=0.1)
    assert abs(kept_by_rivals(3) - (1 - KNOWN["bid"])) < 0.02


def test_a_fee_that_follows_brings_something_only_where_times_differ():
    assert following_fee(0.78, 0.78) == pytest.approx(0, abs=1e-9)
    assert 0 < following_fee(0.47, 0.912) < following_fee(0.2, 1.5) < 0.01


def test_providers_gain_what_comes_in_less_what_is_taken():
    still = gain_at(0.003, 1.0, 0.04, 0.004, 0.0, 12.0, 0.1, 0.0, 0.0)
    assert float(still) == pytest.approx(365 * 0.04 * 0.003)
