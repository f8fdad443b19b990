"""One number that many readings share, such as the price of ether: which answers turn if it is another one?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from defi_lib.claims import reading
from defi_lib.evidence.drawing import today
from defi_lib.evidence.effects import Count, Proof
from defi_lib.evidence.registry import effect, evidence, models
from defi_lib.evidence.unknowns import in_use
from defi_lib.validation import Amount, between, broadcastable, one_of


def that_share(*names: str) -> list[str]:
    """The tested readings that use at least one of these numbers as all readings have it.

    Raises:
        ValueError: a name that no shared row of the assumptions has.

    >>> that_share("volatility")[:3]
    ['P6c', 'P7a', 'X8b']
    """
    rows = in_use()
    for name in names:
        one_of("name", name, [own for whose, own in rows if whose == "*"])
    shared = {name: rows["*", name] for name in names}
    return [id for id in models() if any(effect(id).assumptions.get(name) is row for name, row in shared.items())]


def answers_with(changed: Mapping[str, Amount]) -> dict[str, NDArray[np.bool_]]:
    """Whether each reading that shares these numbers is true where they are ``changed``, everywhere at once.

    Args:
        changed: values by name, for today's; scenarios as arrays.

    Raises:
        ValueError: a name that no shared row has, a value that cannot be, or arrays that do not fit together.

    >>> answers_with({"gas_price": [0.46, 98.7], "ether_price": [1_662, 3_796]})["X9a"].tolist()
    [False, True]
    """
    ids, rows = that_share(*changed), {name: in_use()["*", name] for name in changed}
    values = {name: between(name, value, rows[name].least, rows[name].most) for name, value in changed.items()}
    count = int(np.prod(broadcastable(**{name: np.atleast_1d(value) for name, value in values.items()})))
    found = {}
    for id in ids:
        known = effect(id).assumptions
        own = {name: value for name, value in values.items() if known.get(name) is rows[name]}
        found[id] = effect(id).true(today(known, count, own))
    return found


def turned_by(changed: Mapping[str, Amount]) -> dict[str, NDArray[np.bool_]]:
    """Whether each reading that shares these numbers answers otherwise than today where they are ``changed``.

    Raises:
        ValueError: as :func:`answers_with`.

    >>> turned_by({"volatility": 0.78})["P7a"].tolist()
    [False]
    """
    return {id: true != true_today(id) for id, true in answers_with(changed).items()}


def turned_together(gas: Amount, ether: Amount, volatility: Amount) -> dict[str, Any]:
    """How many answers turn if gas, ether and its volatility are others everywhere: for the book of verdicts.

    Args:
        gas: price of gas (gwei), > 0.
        ether: price of ether (USD), > 0.
        volatility: of ether (ratio a year), > 0.

    Returns:
        ``"turned"``: how many; ``"which"``: their readings, as a sentence; ``"concerned"``: how many use the numbers.

    >>> turned_together(98.7, 3_796.0, 0.78)["turned"].tolist()
    [8]
    """
    turned = turned_by({"gas_price": gas, "ether_price": ether, "volatility": volatility})
    table = np.array(list(turned.values()))
    names = np.array(list(turned))
    which = np.array([", ".join(names[here]) or "none" for here in table.T])
    return {"turned": table.sum(axis=0), "which": which, "concerned": len(turned)}


@cache
def true_today(id: str) -> bool:
    """Whether a reading is true today; no other world is drawn for it.

    Raises:
        ValueError: no such reading, or one that is not yet tested.

    >>> true_today("X9a")
    False
    """
    if reading(id).kind != "model":
        found = evidence(id)
        assert isinstance(found, (Count, Proof))
        return found.true
    return bool(effect(id).true(today(effect(id).assumptions))[0])
