from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange.pools.tick_map import Rung, TickMap


@given(st.lists(st.tuples(st.integers(-200, 200), st.integers(0, 3)), max_size=600), st.integers(-210, 210))
@settings(max_examples=40, deadline=None)
def test_it_is_a_sorted_dictionary_with_sums(changes, tick):
    ticks, plain = TickMap(), {}
    for key, size in changes:
        before, then = ticks, dict(plain)
        rung = Rung(size, size) if size else None
        ticks = ticks.with_rung(key, rung)
        plain.pop(key, None)
        plain |= {key: rung} if rung else {}
        assert len(before) == len(then)
    assert list(ticks.items()) == sorted(plain.items()) and ticks == TickMap(plain)
    below = [key for key in sorted(plain) if key <= tick]
    above = [key for key in sorted(plain) if key > tick]
    assert ticks.rank(tick) == len(below)
    assert ticks.net_up_to(tick) == sum(plain[key].liquidity_net for key in below)
    assert ticks.at_or_below(tick) == (below[-1] if below else None)
    assert ticks.above(tick) == (above[0] if above else None)
    assert [key for key, _ in ticks.falling(tick)] == below[::-1] and [key for key, _ in ticks.rising(tick)] == above
    assert [ticks.tick_at(number, 999) for number in range(-1, len(plain) + 1)] == [999, *sorted(plain), 999]
    assert (tick in ticks) == (tick in plain) and ticks.rung(tick) == plain.get(tick)
