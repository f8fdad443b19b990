"""Is a protocol behind a licensed firm better than either alone? Reading R10a."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.economy import ThreeWays, three_ways_to_lend
from defi_lib.evidence.effects import Control, Registry
from defi_lib.ledger import Ledger, Transfer, actual

EVIDENCE = Registry("economy")

Array = NDArray[np.float64]

# Nothing is lost, nobody is refused: a firm pays 1 %, the protocol 4 %, of which the firm of the mixture takes a half.
_SAFE = {
    "earned": 0.04, "firm_pays": 0.01, "fee": 0.5, "screened": 0.0, "exposed": 0.0, "firm_recovered": 0.0,
    "refused": 0.0, "door": 0, "robbed": 0.0, "bad_debt": 0.0, "recovered": 0.0, "key_lost": 0.0, "key_stolen": 0.0,
    "custodian_fails": 0.0, "prevented": 0.0, "reaches_customers": 1.0,
}  # fmt: skip


@EVIDENCE.model(
    "R10a",
    # The firm of the mixture does nothing and takes nothing, keys are never lost: it is the protocol, while a firm that
    # lends by itself pays nothing. Whether it refuses does not matter while the protocol is open.
    placebos=[
        {
            "fee": 0.0, "screened": 0.0, "exposed": 0.0, "key_lost": 0.0, "key_stolen": 0.0, "firm_pays": 0.0,
            "door": 0,
        },
    ],
    controls=[
        Control(_SAFE, -0.02),  # 2 in place of 4 %
        Control(_SAFE | {"firm_pays": 0.05}, -0.03),  # 2 in place of 5 %
        # A fifth refused: they have 4 % by the open door, 0.8 · 2 + 0.2 · 4; or nothing, 0.8 · 2 %
        Control(_SAFE | {"refused": 0.2}, -0.016),
        Control(_SAFE | {"refused": 0.2, "door": 1}, -0.024),
        # The firm that lends by itself refuses a fifth, too: 0.8 · 10 % against 0.8 · 2 %
        Control(_SAFE | {"refused": 0.2, "door": 1, "firm_pays": 0.1}, -0.064),
        # One key in ten lost, of the rest a tenth stolen: 1.04 · 0.81 = 0.8424 against 1.02 less the firm's 1.01
        Control(_SAFE | {"key_lost": 0.1, "key_stolen": 0.1}, 0.01),
        Control(_SAFE | {"key_lost": 0.1, "key_stolen": 0.1, "firm_pays": 0.0, "fee": 1.0}, 0.0, 1e-9),
        Control(_SAFE | {"key_lost": 0.01, "firm_pays": 0.0}, 1.02 - 1.04 * 0.99),
        Control(_SAFE | {"key_stolen": 0.01, "firm_pays": 0.0}, 1.02 - 1.04 * 0.99),
        # Half of 2 + 2 % comes back; the firm of the mixture avoids half of what does not
        Control(
            _SAFE | {"robbed": 0.02, "bad_debt": 0.02, "recovered": 0.5, "screened": 0.5, "firm_pays": 0.0},
            1.02 * 0.99 - 1.04 * 0.98,
        ),
        # A firm in ten fails, half of the failures reach customers, who get back 0.6: 2 %; a quarter of it here
        Control(
            _SAFE
            | {"custodian_fails": 0.1, "reaches_customers": 0.5, "firm_recovered": 0.6, "exposed": 0.25, "earned": 0.0,
               "firm_pays": 0.1},
            0.995 - 1.1 * 0.98,
        ),
        # A licence prevents four of five failures: a fiftieth of all money is lost, and all of that here
        Control(
            _SAFE | {"custodian_fails": 0.1, "prevented": 0.8, "exposed": 1.0, "firm_pays": 0.1},
            1.02 * 0.98 - 1.1 * 0.98,
        ),
    ],
)  # fmt: skip
def mixture_beside_both(
    earned: Array,
    firm_pays: Array,
    fee: Array,
    screened: Array,
    exposed: Array,
    firm_recovered: Array,
    refused: Array,
    door: Array,
    robbed: Array,
    bad_debt: Array,
    recovered: Array,
    key_lost: Array,
    key_stolen: Array,
    custodian_fails: Array,
    prevented: Array,
    reaches_customers: Array,
) -> Array:
    """What all who ask keep on average by the mixture, less the better of firm and protocol (ratio a year).

    Arguments as in :func:`three_ways`.
    """
    return np.asarray(
        three_ways(
            earned, firm_pays, fee, screened, exposed, firm_recovered, refused, door, robbed, bad_debt, recovered,
            key_lost, key_stolen, custodian_fails, prevented, reaches_customers,
        ).gain
    )  # fmt: skip


def three_ways(
    earned: ArrayLike,
    firm_pays: ArrayLike,
    fee: ArrayLike,
    screened: ArrayLike,
    exposed: ArrayLike,
    firm_recovered: ArrayLike,
    refused: ArrayLike,
    door: ArrayLike,
    robbed: ArrayLike,
    bad_debt: ArrayLike,
    recovered: ArrayLike,
    key_lost: ArrayLike,
    key_stolen: ArrayLike,
    custodian_fails: ArrayLike,
    prevented: ArrayLike,
    reaches_customers: ArrayLike,
) -> ThreeWays:
    """A year of lending dollars in three ways.

    Args:
        earned: what the protocol pays a year.
        firm_pays: what a firm that lends by itself pays.
        fee: part of the interest that the firm of the mixture takes.
        screened: part of the protocol's losses that it avoids.
        exposed: part of its failures that reaches money in the protocol.
        firm_recovered: part that customers of a failed firm get back.
        refused: part of those who ask that a firm refuses.
        door: 0 if the protocol stays open to them, 1 if nothing does.
        robbed, bad_debt: part of the protocol's money that is lost in a year by robbers and by borrowers.
        recovered: part of both that comes back.
        key_lost, key_stolen: chance a year that one's own key is.
        custodian_fails: chance a year that a firm without a licence fails or is robbed.
        prevented: part of that which a licence prevents.
        reaches_customers: chance that its customers bear it.
    """
    given = (
        np.asarray(each, float)
        for each in (robbed, bad_debt, recovered, key_lost, key_stolen, custodian_fails, prevented, reaches_customers)
    )
    robbers, debts, back, lost, stolen, fails, spared, reaches = given
    return three_ways_to_lend(
        firm_pays=firm_pays,
        protocol_pays=earned,
        fee=fee,
        code_loss=(robbers + debts) * (1 - back),
        key_loss=1 - (1 - lost) * (1 - stolen),
        firm_loss=fails * (1 - spared) * reaches * (1 - np.asarray(firm_recovered, float)),
        screened=screened,
        exposed=exposed,
        refused=refused,
        open_door=np.asarray(door) < 0.5,
    )


#: The town of lesson 8.13: interest that borrowers pay, that a firm pays which lends by itself, the protocol's cut.
BORROWERS_PAY, FIRM_PAYS, CUT = 0.10, 0.05, 0.01
#: The firm's part of the interest in the mixture, the losses that it avoids, and what its own failures take.
FEE, SCREENED, FIRM_LOSS = 0.2, 0.5, 0.01


def town(code: ArrayLike, keys: ArrayLike, exposed: ArrayLike, refused: ArrayLike) -> ThreeWays:
    """A year of lending in the town of lesson 8.13; the protocol stays open to those whom firms refuse.

    Args:
        code: part of the protocol's money that is lost in a year.
        keys: part that holders of their own keys lose besides.
        exposed: part of the firm's failures that reaches money in the protocol.
        refused: part of those who ask that firms refuse.
    """
    return three_ways_to_lend(
        firm_pays=FIRM_PAYS, protocol_pays=BORROWERS_PAY - CUT, fee=FEE, code_loss=code, key_loss=keys,
        firm_loss=FIRM_LOSS, screened=SCREENED, exposed=exposed, refused=refused,
    )  # fmt: skip


def town_kept(code: ArrayLike, keys: ArrayLike, exposed: ArrayLike, refused: ArrayLike) -> dict[str, ArrayLike]:
    """What all who ask keep on average, by way; arguments as in :func:`town`.

    >>> found = town_kept(0.02, 0.005, 0.5, 0.1)
    >>> {way: round(float(rate), 4) for way, rate in found.items()}
    {'Firm': 0.0356, 'Protocol': 0.0629, 'Mixture': 0.0567}
    """
    ways = town(code, keys, exposed, refused)
    return {"Firm": ways.firm_for_all, "Protocol": ways.protocol, "Mixture": ways.mixture_for_all}


def town_books(code: float, keys: float, exposed: float, refused: float) -> dict[str, Ledger]:
    """Books of a year by three ways: a hundred people who ask, each with a million dollars; million dollars.

    Whom the firm refuses lends in the protocol where there is one; his million is not lent where there is none, and
    borrowers get less. Arguments as in :func:`town`.
    """
    ways, asking = town(code, keys, exposed, refused), 100.0
    inside, outside = asking * (1 - refused), asking * refused
    net = BORROWERS_PAY - CUT
    roles = {
        "customers": "whom the firm serves", "refused": "whom it refuses", "borrowers": "borrowers",
        "firm": "the firm", "protocol": "the protocol's owners", "lost": "robbers, debtors or nobody",
    }  # fmt: skip
    alone = [("customers", inside, net, 0.0, ways.protocol), ("refused", outside, net, 0.0, ways.protocol)]
    plans = {
        "firm": [("customers", inside, FIRM_PAYS, BORROWERS_PAY - FIRM_PAYS, ways.firm)],
        "protocol": alone,
        "mixture": [("customers", inside, net * (1 - FEE), net * FEE, ways.mixture), alone[1]],
    }
    books = {}
    for name, plan in plans.items():
        books[name] = Ledger(roles)
        for who, money, paid, fee, kept in plan:
            cut = 0.0 if name == "firm" else CUT
            books[name].book(
                actual(
                    (
                        Transfer("borrowers", who, money * paid, "USD", "interest"),
                        Transfer("borrowers", "firm", money * fee, "USD", "the firm's part"),
                        Transfer("borrowers", "protocol", money * cut, "USD", "the protocol's part"),
                        Transfer(who, "lost", money * (paid - float(kept)), "USD", "losses"),
                    )
                )
            )
        books[name].check_conserved()
    return books
