"""An hour of real requests to two language-model services: when they came, how much was asked and answered.

Source: Microsoft Azure, *LLM inference traces 2023*, under CC BY 4.0; ``requests.txt`` says more.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import locked
from defi_lib.validation import one_of

#: As a lesson cites it.
AZURE_2023 = "Microsoft Azure, LLM inference traces of 2023 (CC BY 4.0), one hour"
SERVICES = ("code", "conversation")

#: Times are stored in hundredths of a second.
_PER_SECOND = 100


class Requests(NamedTuple):
    """Requests in the order in which they came; an array has one entry a request."""

    seconds: NDArray[np.float64]  #: since the first one
    asked: NDArray[np.int64]  #: tokens of the question
    answered: NDArray[np.int64]  #: tokens of the answer


@cache
def real_requests(service: str = "conversation") -> Requests:
    """All requests of one hour of 2023 to a service that writes code (8,819) or holds conversations (19,366).

    Args:
        service: "code", whose requests come in bursts, or "conversation", whose requests come one by one.

    Raises:
        ValueError: no such service.

    >>> code = real_requests("code")
    >>> len(code.seconds), int(code.asked[0]), int(code.answered[0])
    (8819, 4808, 10)
    """
    one_of("service", service, SERVICES)
    with resources.files(__package__).joinpath("requests.npz").open("rb") as file, np.load(file) as data:
        gaps, asked, answered = data[service].astype(np.int64)
    return Requests(locked(np.cumsum(gaps) / _PER_SECOND), locked(asked), locked(answered))
