import inspect
from dataclasses import InitVar, dataclass

import pytest

from defi_lib.renamed import renamed


@renamed(random="rng", most="limit")
def draw(number, *, rng=None, limit=1):
    return number, rng, limit


@renamed(random="rng")
@dataclass(frozen=True)
class Net:
    size: int
    rng: InitVar[object]


def test_the_earlier_name_works_and_says_so():
    with pytest.warns(DeprecationWarning, match=r"draw\(random=…\) is now draw\(rng=…\)"):
        assert draw(1, random=2) == (1, 2, 1)
    with pytest.warns(DeprecationWarning, match=r"Net\(random=…\) is now Net\(rng=…\)"):
        assert Net(3, random=4) == Net(3, 4)


@pytest.mark.filterwarnings("error")
def test_the_name_of_today_says_nothing():
    assert draw(1, rng=2, limit=3) == (1, 2, 3) and Net(size=3, rng=4).size == 3
    assert list(inspect.signature(draw).parameters) == ["number", "rng", "limit"]


def test_both_names_at_once_are_refused():
    with pytest.raises(TypeError, match=r"draw\(\) got rng= and its earlier name random="):
        draw(1, random=2, rng=3)
