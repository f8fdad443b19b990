"""Labs handed out before version 0.2 import this; today it is :mod:`defi_lib.labs.rewards.follow_a_token`."""

from defi_lib.labs.rewards.follow_a_token import *  # noqa: F403
