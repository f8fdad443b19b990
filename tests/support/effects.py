"""Effects that can be worked out by hand, for the tests of what shows them."""

from defi_lib.claims import reading
from defi_lib.evidence import Assumption, Effect


def assumed(name, today, low, high, unit="", **more):
    return Assumption(name, f"the {name}", unit, today, low, high, reason="a test", **more)


def effect_of(function, *ranges, unit="USD a year", more_than=0.0):
    one = reading("C1a")._replace(unit=unit, more_than=more_than, text="A card earns more than $1 & <costs>.")
    return Effect(one, function, ({},), (), ranges={each.name: each for each in ranges})


def margin(use, rent, wage, market):
    return 1_000 * use * rent - wage - 300 * market


def card():
    """True where 1,000 use × rent − wage − 300 market > 100; today 300."""
    return effect_of(
        margin,
        assumed("use", 0.5, 0.01, 1.0, "% of the hours"),
        assumed("rent", 1.0, 0.5, 1.5, "USD an hour"),
        assumed("wage", 200.0, 50, 5_000, "USD", role="person"),
        assumed("market", 0, 0, 1, options=("Vast", "Salad")),
        more_than=100.0,
    )
