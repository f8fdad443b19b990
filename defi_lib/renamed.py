"""Arguments that were called otherwise in an earlier version: their old names still work, with a warning.

Renamed functions and classes are a matter of their package: see ``renamed=`` of :func:`defi_lib.lazy.attach`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def renamed(**now: str) -> Callable[[F], F]:
    """Decorator of a function or class: ``renamed(random="rng")`` lets callers write ``random=`` for ``rng=``.

    Args:
        now: for each earlier name of an argument, what it is called now.

    >>> @renamed(random="rng")
    ... def draw(rng):
    ...     return rng
    >>> with warnings.catch_warnings(record=True) as said:
    ...     warnings.simplefilter("always")
    ...     draw(random=5), str(said[0].message)
    (5, 'draw(random=…) is now draw(rng=…)')
    """

    def decorate(function: Any) -> Any:
        if isinstance(function, type):
            function.__init__ = decorate(function.__init__)  # type: ignore[misc]
            return function
        name = function.__qualname__.removesuffix(".__init__").rpartition(".")[2]

        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            for old, new in now.items():
                if old in kwargs:
                    if new in kwargs:
                        raise TypeError(f"{name}() got {new}= and its earlier name {old}=: allowed is one of them")
                    warnings.warn(f"{name}({old}=…) is now {name}({new}=…)", DeprecationWarning, stacklevel=2)
                    kwargs[new] = kwargs.pop(old)
            return function(*args, **kwargs)

        return call

    return decorate
