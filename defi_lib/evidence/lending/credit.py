"""Who can borrow without owning anything: from a pool that takes coins, and from savers over a blockchain."""

from __future__ import annotations

from defi_lib.evidence.effects import Count, Proof, Registry
from defi_lib.figures import figure
from defi_lib.lending import borrowing_capacity

EVIDENCE = Registry("lending")


@EVIDENCE.logic("P5a")
def pool_and_a_person_who_owns_nothing() -> Proof:
    """The most that a pool lends to somebody who pledges nothing, and to somebody who owns a thousand dollars."""
    part = float(figure("lending_params.aave_v3_ethereum_weth_ltv").value)
    nothing, some = (float(borrowing_capacity(owned, part)) for owned in (0.0, 1_000.0))
    return Proof(
        true=nothing > 0,
        says=f"A pool lends less than what is pledged: of ether {100 * part:.1f} % at Aave. Who pledges 1,000 dollars "
        f"gets {some:,.0f}, who pledges nothing gets {nothing:.0f}",
        turns="somebody else pledges for the person, or a pool lends on a promise, as Goldfinch did (P5b)",
    )


def lost_at_goldfinch() -> tuple[float, float, float]:
    """Part of all that Goldfinch lent by 2026 which did not come back: the announced losses to borrowers in poor
    countries; the same if Tugende pays as agreed; what its own board counts of the loans that are open.
    """
    lent = sum(float(figure(f"microlending.goldfinch_{part}").value) for part in ("active_loans", "total_repaid"))
    pool, back = (float(figure(f"microlending.goldfinch_lend_east_{part}").value) for part in ("pool", "part_expected"))
    tugende = float(figure("microlending.goldfinch_tugende_loan_written_down").value)
    kept = "microlending.goldfinch_tugende_senior_loss_restructured", "microlending.goldfinch_senior_pool_loss_tugende"
    agreed = tugende * float(figure(kept[0]).value) / float(figure(kept[1]).value)
    board = float(figure("microlending.goldfinch_reported_loss_rate").value) / 100
    board *= float(figure("microlending.goldfinch_active_loans").value)
    return (tugende + pool - back) / lent, (agreed + pool - back) / lent, board / lent


@EVIDENCE.figures("P5b")
def goldfinch_beside_kiva() -> Count:
    """What did not come back of loans over a blockchain without coins as collateral, and of microcredit."""
    kiva = figure("microcredit.kiva_repayment_all")
    names = (
        *("active_loans", "total_repaid", "tugende_loan_written_down", "lend_east_pool", "lend_east_part_expected"),
        *("tugende_senior_loss_restructured", "senior_pool_loss_tugende", "reported_loss_rate"),
    )
    goldfinch = [figure(f"microlending.goldfinch_{name}") for name in names]
    lent = float(goldfinch[0].value) + float(goldfinch[1].value)
    unpaid = 1 - float(kiva.value) / 100
    announced, agreed, board = lost_at_goldfinch()
    return Count(
        true=max(announced, agreed, board) <= unpaid,
        says=f"Of about {lent:.0f} million dollars that Goldfinch had lent, {100 * announced:.1f} % were lost at two "
        f"borrowers, Tugende and Lend East; of what was due through Kiva {100 * unpaid:.1f} % did not come back",
        who=f"Goldfinch, as announced ({goldfinch[2].date}, {goldfinch[3].date}), what it lent by Foretoken "
        f"({goldfinch[0].date}, a weak source), Kiva's by Kiva ({kiva.date})",
        turns=f"no more than {unpaid * lent:.1f} of these {announced * lent:.1f} million dollars stay lost",
        sources=(kiva.id, *(each.id for each in goldfinch)),
        other=f"If Tugende paid as agreed in 2023, {100 * agreed:.1f} % were lost; by the loss rate of Goldfinch's own "
        f"board, {100 * board:.1f} %. Its loans ran for years, most of Kiva's for about one (from memory): a year of "
        "lending lost about as much in both. And two large borrowers are few to judge by",
    )
