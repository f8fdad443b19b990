"""How long things are: one home for the lengths of days, years and epochs, and for which of them is used where.

Three years are in use, because three kinds of source count differently; whoever compares two rates should know which
year each is counted in:

- **365 days** (:data:`DAYS_PER_YEAR`): contracts, and whoever quotes their rates. Interest in lending, yields of
  farms, Curve's emission and locks, Filecoin's epochs, recorded prices, invoices, and the hours that a machine can
  be rented.
- **365.25 days** (:data:`DAYS_PER_JULIAN_YEAR`): Ethereum's own issuance and staking returns only, as its developers
  and the published figures count them. It is 0.07 % longer.
- **2,102,400 blocks of 15 seconds** (:data:`COMPOUND_BLOCKS_PER_YEAR`): Compound v2, which knows no clock. As long as
  365 days while a block takes 15 seconds; with blocks of 12 seconds such a "year" is over after 292 days.

An *epoch* is a different thing on every chain, so each has a name of its own here.

>>> SECONDS_PER_YEAR / SECONDS_PER_DAY, HOURS_PER_YEAR / 24
(365.0, 365.0)
>>> COMPOUND_BLOCKS_PER_YEAR * 15 == SECONDS_PER_YEAR
True
"""

HOURS_PER_DAY = 24
SECONDS_PER_HOUR = 3_600
SECONDS_PER_DAY = 86_400
SECONDS_PER_WEEK = 604_800

DAYS_PER_YEAR = 365  #: as contracts count; no leap years
HOURS_PER_YEAR = 8_760  #: of 365 days
SECONDS_PER_YEAR = 31_536_000  #: of 365 days

DAYS_PER_JULIAN_YEAR = 365.25  #: with a leap year in four, as Ethereum's issuance is counted

COMPOUND_BLOCKS_PER_YEAR = 2_102_400  #: as Compound v2 computes: one every 15 seconds for 365 days
ETHEREUM_EPOCHS_PER_DAY = 225  #: of 32 slots of 12 seconds
FILECOIN_EPOCHS_PER_YEAR = 1_051_200  #: of 30 seconds, for 365 days
OLYMPUS_EPOCHS_PER_YEAR = 1_095  #: of 8 hours, for 365 days: Olympus rebased three times a day
