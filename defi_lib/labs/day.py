"""Labs handed out before version 0.2 import this; today it is :mod:`defi_lib.labs.exchange.day`."""

from defi_lib.labs.exchange.day import *  # noqa: F403
