"""Energy and carbon of computing: per hour of a device, and per unit of work, which is what counts."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from defi_lib.frozen import kept
from defi_lib.rounding import above, rest
from defi_lib.units import HOURS_PER_YEAR
from defi_lib.validation import Amount, between, broadcastable, non_negative, positive, representable

JOULES_PER_KILOWATT_HOUR = 3.6e6
GRAMS_PER_KILOGRAM = 1000


class _MachineState(NamedTuple):
    busy_power: Amount
    idle_power: Amount
    throughput: Amount
    embodied: Amount
    life: Amount
    pue: Amount


class Machine(_MachineState):
    """A machine seen by its energy.

    Args:
        busy_power: kW while it works, >= 0.
        idle_power: kW while it is on without work, >= 0.
        throughput: units of work (tokens, frames, …) per busy hour, > 0.
        embodied: carbon of making, shipping and scrapping it (kg CO₂e), >= 0.
        life: years in use, > 0.
        pue: energy of the whole building per energy of its machines, >= 1; 1 at home, where heat and network
            are not counted.

    Every argument may be an array with one entry per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: The Green Grid (PUE); Gupta et al., *Chasing Carbon*, arXiv:2011.02839.
    """

    __slots__ = ()

    def __new__(
        cls,
        busy_power: Amount,
        idle_power: Amount,
        throughput: Amount,
        embodied: Amount = 0.0,
        life: Amount = 4.0,
        pue: Amount = 1.0,
    ) -> Self:
        """Check the arguments and build the machine."""
        state = (
            kept(non_negative("busy_power", busy_power)),
            kept(non_negative("idle_power", idle_power)),
            kept(positive("throughput", throughput)),
            kept(non_negative("embodied", embodied)),
            kept(positive("life", life)),
            kept(between("pue", pue, 1.0, np.inf, high_open=True)),
        )
        broadcastable(**dict(zip(_MachineState._fields, state, strict=True)))
        return super().__new__(cls, *state)

    def energy_per_unit(self, utilisation: Amount) -> Amount:
        """Energy of one unit of work (kWh), with its part of the idle hours.

        ``PUE·(P_busy + P_idle·(1 − u)/u)/throughput``.

        Args:
            utilisation: part of the hours it works, in (0, 1].

        Raises:
            ValueError: a utilisation outside its range.
        """
        use = between("utilisation", utilisation, 0.0, 1.0, low_open=True)
        return self.pue * (self.busy_power + self.idle_power * (1 - use) / use) / self.throughput

    def carbon_per_unit(self, utilisation: Amount, grid_intensity: Amount) -> Footprint:
        """Carbon of one unit of work.

        Args:
            utilisation: part of the hours it works, in (0, 1].
            grid_intensity: g CO₂e per kWh, >= 0.

        Raises:
            ValueError: an argument outside its range.
        """
        energy = self.energy_per_unit(utilisation)
        operation = energy * non_negative("grid_intensity", grid_intensity) / GRAMS_PER_KILOGRAM
        made = self.embodied / (self.life * HOURS_PER_YEAR * utilisation * self.throughput)
        return Footprint(energy, operation, made)


class Footprint(NamedTuple):
    """Energy and carbon of some work."""

    energy: Amount  #: kWh, with all that the building needs
    operation: Amount  #: kg CO₂e from electricity
    embodied: Amount  #: kg CO₂e, part of making the hardware

    @property
    def carbon(self) -> Amount:
        """All together (kg CO₂e)."""
        return self.operation + self.embodied

    @property
    def grams(self) -> Amount:
        """All together (g CO₂e)."""
        return self.carbon * GRAMS_PER_KILOGRAM


@representable
def footprint(
    it_energy: Amount,
    grid_intensity: Amount,
    pue: Amount = 1.0,
    *,
    embodied: Amount = 0.0,
    hours: Amount = 0.0,
    life: Amount = 4.0,
    utilisation: Amount = 1.0,
) -> Footprint:
    """Carbon of a job: ``kWh·PUE·CI/1000 + embodied·hours/(life·8760·u)``.

    Args:
        it_energy: kWh that the machines take from the socket, >= 0.
        grid_intensity: g CO₂e per kWh, >= 0.
        pue: energy of the building per energy of the machines, >= 1.
        embodied: carbon of making the machine (kg CO₂e), >= 0.
        hours: that the job keeps it busy, >= 0.
        life: of the machine (years), > 0.
        utilisation: part of its life that it works, in (0, 1]: busy hours carry the idle ones.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Luccioni et al., arXiv:2211.02001; GHG Protocol.

    >>> footprint(100, 400).carbon
    40.0
    """
    it_energy, grid_intensity = non_negative("it_energy", it_energy), non_negative("grid_intensity", grid_intensity)
    pue, embodied = between("pue", pue, 1.0, np.inf, high_open=True), non_negative("embodied", embodied)
    hours, life = non_negative("hours", hours), positive("life", life)
    use = between("utilisation", utilisation, 0.0, 1.0, low_open=True)
    named = {"it_energy": it_energy, "grid_intensity": grid_intensity, "pue": pue, "embodied": embodied}
    broadcastable(**named, hours=hours, life=life, utilisation=use)
    energy = it_energy * pue
    made = embodied * hours / (life * HOURS_PER_YEAR * use)
    return Footprint(energy, energy * grid_intensity / GRAMS_PER_KILOGRAM, made)


def kilowatt_hours(joules: Amount) -> Amount:
    """Energy (kWh) of ``joules`` (>= 0): 3.6 million joules are one.

    Raises:
        ValueError: a negative energy.
    """
    return non_negative("joules", joules) / JOULES_PER_KILOWATT_HOUR


class Replacement(NamedTuple):
    """The same yearly work on the old machine, and on a new one bought for it. Carbon in kg CO₂e."""

    old_yearly: Amount  #: by electricity; that the old machine was made is past and cannot be undone
    new_yearly: Amount  #: by electricity
    embodied: Amount  #: in making the new machine, before its first hour

    @property
    def saved_yearly(self) -> Amount:
        """Carbon saved each year of use; below 0 if the new machine needs more."""
        return rest(self.old_yearly, self.new_yearly)

    @property
    def won_back_yearly(self) -> Amount:
        """Part of the embodied carbon won back each year: below ``1/life`` the old machine is the greener one.

        Its inverse is the payback time in years; not above 0 it never pays back.
        """
        return self.saved_yearly / self.embodied

    def saved_after(self, years: Amount) -> Amount:
        """Carbon saved after ``years`` (>= 0) of the new machine; below 0 while its making is not won back."""
        return self.saved_yearly * non_negative("years", years) - self.embodied


@representable
def replacement(old: Machine, new: Machine, work: Amount, grid_intensity: Amount) -> Replacement:
    """Reuse or replace: carbon of ``work`` units a year on either machine, both on all year.

    Args:
        old: in use already.
        new: with the embodied carbon (> 0) that buying it causes.
        work: units per year, > 0, no more than either machine can do.
        grid_intensity: g CO₂e per kWh, >= 0.

    Raises:
        ValueError: an argument outside its range, or more work than a machine can do in a year.
    """
    positive("new.embodied", new.embodied)
    work, grid_intensity = positive("work", work), non_negative("grid_intensity", grid_intensity)
    old_yearly, new_yearly = (_yearly_energy(m, work) * grid_intensity / GRAMS_PER_KILOGRAM for m in (old, new))
    return Replacement(old_yearly, new_yearly, new.embodied)


def break_even_intensity(old: Machine, new: Machine, work: Amount) -> Amount:
    """Grid (g CO₂e per kWh) above which the new machine causes less carbon over its life than keeping the old.

    ``1000·embodied/(life·energy saved per year)``. On a cleaner grid the old machine is the greener one.

    Args:
        old: in use already.
        new: with its embodied carbon and life.
        work: units per year, > 0, no more than either machine can do.

    Raises:
        ValueError: an argument outside its range, or a new machine that saves no energy: then no grid is dirty enough.
    """
    work = positive("work", work)
    energy_saved = positive("energy saved (kWh per year)", rest(_yearly_energy(old, work), _yearly_energy(new, work)))
    return GRAMS_PER_KILOGRAM * new.embodied / (new.life * energy_saved)


def _yearly_energy(machine: Machine, work: Amount) -> Amount:
    """Energy (kWh) of a year with ``work`` units in it."""
    capacity = HOURS_PER_YEAR * machine.throughput
    full = np.where(above(work, capacity), work, np.minimum(work, capacity))
    return machine.energy_per_unit(between("work", full, 0.0, capacity, low_open=True) / capacity) * work
