"""What a licence does to users: fewer firms and a higher price on one side, less fraud on the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from defi_lib.economy.rules.free_entry import Industry, Licence, ServiceMarket, free_entry
from defi_lib.rounding import Truth, above
from defi_lib.validation import Amount, plain


class LicenceEffect(NamedTuple):
    """The same market without a licence, with one that prevents nothing, and with the licence as it is."""

    before: Industry
    useless: Industry  #: the licence's costs without its protection
    after: Industry

    @property
    def dearer(self) -> Amount:
        """What the costs of the licence take from users; below 0 where fraud they do not foresee makes trade a loss."""
        return plain(np.subtract(self.before.users_gain, self.useless.users_gain))

    @property
    def protected(self) -> Amount:
        """What the prevented fraud is worth to users, at the costs of the licence."""
        return plain(np.subtract(self.after.users_gain, self.useless.users_gain))

    @property
    def net(self) -> Amount:
        """What users have more with the licence than without: ``protected − dearer``."""
        return plain(np.subtract(self.after.users_gain, self.before.users_gain))

    @property
    def pays(self) -> Truth:
        """Whether users are better off with it."""
        return above(self.after.users_gain, self.before.users_gain, scale=self.before.consumer_surplus)


def licence_effect(market: ServiceMarket, licences: Sequence[Licence], whole_firms: bool = True) -> LicenceEffect:
    """What users gain and lose by a licence: fraud prevented beside the price rise.

    Args:
        market: as in :func:`~defi_lib.economy.rules.free_entry.free_entry`.
        licences: kinds that a firm may choose from, as there; those of the market without one have none.
        whole_firms: as there.

    Raises:
        ValueError: an argument outside its range.

    The split is exact: ``net = protected − dearer``. Fewer firms also do less work twice (Mankiw and Whinston,
    1986); that is the economy's gain, not the users', and is not counted here.

    >>> effect = licence_effect(ServiceMarket(10.0, fraud=1.5), [Licence(fixed=3.0, prevented=0.8)])
    >>> effect.dearer, round(effect.protected, 4), round(effect.net, 4)
    (7.0, 9.6, 2.6)
    """
    useless = [each._replace(prevented=0.0) for each in licences]
    found = (free_entry(market, kinds, whole_firms) for kinds in ((Licence(),), useless, licences))
    return LicenceEffect(*found)
