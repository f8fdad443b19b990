"""Labs handed out before version 0.2 import this; today it is :mod:`defi_lib.labs.lending.money_market`."""

from defi_lib.labs.lending.money_market import *  # noqa: F403
