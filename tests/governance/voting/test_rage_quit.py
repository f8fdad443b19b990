import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.governance import Guild, GuildRules
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_refuses

SHORT = GuildRules(voting=2, grace=2)


def theft(amount=1_000):
    guild = Guild({"ann": 60, "ben": 30, "cem": 10}, {"DAI": 1_000, "ETH": 7}, rules=SHORT)
    return guild.propose("ann", "DAI", amount).vote("ann", 1, True).vote("ben", 1, False)


def test_who_leaves_gets_a_part_of_everything_rounded_down():
    change = theft().quit("ben", 30)
    assert change.moved == {"DAI": 300, "ETH": 2} and change.after.bank == {"DAI": 700, "ETH": 5}
    assert change.after.claims == 70


def test_the_grace_period_lets_out_who_was_outvoted():
    guild = theft().advance(2).quit("ben", 30).after
    lost = guild.advance(2).process(1)
    assert not lost.moved and lost.after.bank["DAI"] == 700
    honest = theft(100).advance(4).process(1)
    assert honest.moved == {"DAI": 100} and honest.after.proposals[1].paid == 100


def test_who_voted_yes_is_bound_until_it_is_processed():
    guild = theft(100).advance(2)
    assert_refuses(lambda: guild.quit("ann", 60), "member = 'ann' has voted yes on proposal 1")
    assert guild.advance(2).process(1).after.quit("ann", 60).moved == {"DAI": 540, "ETH": 4}


def test_loot_claims_and_does_not_vote():
    guild = Guild({"ann": 50}, {"DAI": 100}, {"ben": 50}, SHORT).propose("x", "DAI", 1)
    assert_refuses(lambda: guild.vote("ben", 1, True), "shares of 'ben' = 0")
    assert guild.quit("ben", loot=50).moved == {"DAI": 50}


def test_a_proposal_fails_if_too_many_have_left():
    rules = SHORT._replace(dilution=1)
    guild = Guild({"ann": 60, "ben": 40}, {"DAI": 1_000}, rules=rules).propose("x", "DAI", 1).vote("ann", 1, True)
    assert guild.is_passed(1) and not guild.quit("ben", 1).after.is_passed(1)
    thirds = Guild({"ann": 10, "ben": 20}, {"DAI": 9}, rules=SHORT).propose("x", "DAI", 1).vote("ann", 1, True)
    assert thirds.quit("ben", 20).after.is_passed(1)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 10**9), min_size=2, max_size=6),
    st.integers(0, 10**12),
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 10**9)), max_size=8),
)
def test_nobody_who_leaves_takes_from_those_who_stay(shares, bank, leaving):
    guild = Guild({f"member {i}": each for i, each in enumerate(shares)}, {"DAI": bank})
    book = Ledger(new_parties="by name")
    paid = 0
    for who, amount in leaving:
        name = f"member {who}"
        if guild.shares.get(name, 0) < amount or guild.claims == amount:
            continue
        change = guild.quit(name, amount)
        book.book(change)
        paid += sum(change.moved.values())
        # What one claim is worth does not fall: rounding stays with those who stay.
        assert change.after.bank["DAI"] * guild.claims >= guild.bank["DAI"] * change.after.claims
        guild = change.after
    assert guild.bank["DAI"] + paid == bank
    book.check_conserved()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Guild({"ann": -1}, {}), r"shares\['ann'\] = -1"),
        (lambda: Guild({"ann": 1}, {"DAI": 0.5}), r"bank\['DAI'\] = 0.5"),
        (lambda: Guild({"ann": 1}, {}, rules=GuildRules(voting=0)), "rules.voting = 0"),
        (lambda: theft().quit("ben", 31), "shares = 31 .* from 0 to 30"),
        (lambda: theft().quit("ben"), r"shares \+ loot = 0"),
        (lambda: theft().vote("ann", 1, False), "member = 'ann' has voted on proposal 1"),
        (
            lambda: theft().advance(2).vote("cem", 1, True),
            "period = 2 is after the vote on .* until 1",
        ),
        (lambda: theft().advance(3).process(1), "proposal 1 waits until period 4"),
        (lambda: theft(1).advance(4).process(1).after.process(1), "proposal 1 is processed"),
        (lambda: theft().process(2), "number = 2"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)
