"""How many of those warned about are fakes: base rate, hits and false alarms."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.validation import Amount, between, broadcastable, finite, non_negative, plain


class Warned(NamedTuple):
    """All tokens in four parts, which add up to 1."""

    caught: Amount  #: fakes that were warned about
    missed: Amount  #: fakes that were not
    false_alarms: Amount  #: true ones that were warned about
    cleared: Amount  #: true ones that were not

    @property
    def fake_if_warned(self) -> Amount:
        """Part of fakes among those warned about; 0 if there are none."""
        return _part(self.caught, self.false_alarms)

    @property
    def fake_if_not_warned(self) -> Amount:
        """Part of fakes among the others; 0 if there are none."""
        return _part(self.missed, self.cleared)

    @property
    def warned(self) -> Amount:
        """Part of all tokens that is warned about."""
        return plain(np.asarray(self.caught) + self.false_alarms)


def warning_outcomes(base_rate: Amount, sensitivity: Amount, specificity: Amount) -> Warned:
    """Divide tokens by what they are and by what the warning says (Bayes): ``b·u/(b·u + (1 − b)(1 − v))`` are fakes.

    Args:
        base_rate: b, part of all tokens that are fakes, in [0, 1].
        sensitivity: u, chance that a fake is warned about, in [0, 1].
        specificity: v, chance that a true one is not, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    >>> found = warning_outcomes(0.08, 0.90, 0.95)
    >>> round(found.fake_if_warned, 6), round(found.fake_if_not_warned, 6)
    (0.610169, 0.00907)
    """
    base = np.asarray(between("base_rate", base_rate, 0.0, 1.0), float)
    hit = np.asarray(between("sensitivity", sensitivity, 0.0, 1.0), float)
    clear = np.asarray(between("specificity", specificity, 0.0, 1.0), float)
    broadcastable(base_rate=base, sensitivity=hit, specificity=clear)
    parts = base * hit, base * (1 - hit), (1 - base) * (1 - clear), (1 - base) * clear
    return Warned(*(plain(each) for each in parts))


def two_warnings(base_rate: Amount, sensitivity: Amount, specificity: Amount, alike: Amount = 0.0) -> Warned:
    """A token counts as warned about if either of two equal warnings says so.

    Args:
        base_rate, sensitivity, specificity: as in :func:`warning_outcomes`.
        alike: chance that the second looks at what the first looked at and says the same, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    >>> [round(two_warnings(0.08, 0.9, 0.95, alike).fake_if_warned, 4) for alike in (0.0, 1.0)]
    [0.4689, 0.6102]
    """
    hit, clear = between("sensitivity", sensitivity, 0.0, 1.0), between("specificity", specificity, 0.0, 1.0)
    alike = np.asarray(between("alike", alike, 0.0, 1.0), float)
    broadcastable(sensitivity=hit, specificity=clear, alike=alike)
    missed, both_clear = 1 - np.asarray(hit, float), np.asarray(clear, float)
    return warning_outcomes(
        base_rate,
        plain(1 - (alike * missed + (1 - alike) * missed**2)),
        plain(alike * both_clear + (1 - alike) * both_clear**2),
    )


def gain_from_heeding(warned: Warned, loss: Amount, gain: Amount) -> Amount:
    """What somebody saves a token by leaving alone what was warned about, against buying everything.

    Args:
        warned: by :func:`warning_outcomes`.
        loss: what a fake costs him, >= 0.
        gain: what a true one brings him; below 0 where that loses too.

    Raises:
        ValueError: an argument outside its range.

    >>> round(gain_from_heeding(warning_outcomes(0.08, 0.9, 0.95), loss=1.0, gain=0.1), 4)
    0.0674
    """
    loss, gain = non_negative("loss", loss), finite("gain", gain)
    broadcastable(loss=loss, gain=gain, caught=warned.caught)
    return plain(np.asarray(warned.caught) * loss - np.asarray(warned.false_alarms) * gain)


def _part(some: Amount, others: Amount) -> Amount:
    total = np.asarray(some) + others
    return plain(some / np.where(total > 0, total, 1.0))
