"""Labs handed out before version 0.2 import this; today it is :mod:`defi_lib.labs.staking.economy_of_a_chain`."""

from defi_lib.labs.staking.economy_of_a_chain import *  # noqa: F403
