"""From a decision to the figures that a card shows (design §2, Price truth)."""

from app.domain.checkout.decision import Decision, forgone_fen
from app.domain.checkout.quote import AppliedOffer, Certificate, Price
from app.domain.pricing.fill import MILL_ML_PER_FEN
from app.domain.promotions.bill import Running
from app.domain.shared.money import Ratio, half_up_ratio


def price_of(decision: Decision) -> Price:
    """The figures of the chosen combination, applied once more from the pump amount down."""
    scene, found = decision.scene, decision.found
    applied, running = apply_members(decision)
    bill = scene.bill
    certificate = Certificate(
        exact=found.exact,
        nodes=found.nodes,
        lower_bound_fen=found.lower_bound_fen,
        forgone_fen=forgone_fen(decision),
    )
    return Price(
        purchase=scene.purchase,
        measure=scene.fuel,
        fee_fen=bill.fee_fen,
        non_fuel_fen=sum(bill.lines[1:]),
        discount_fen=sum(bill.lines) - sum(running),
        payable_fen=sum(running) + bill.fee_fen,
        fuel_payable_fen=running[0],
        unit_price_mill=unit_price_mill(running[0] + bill.fee_fen, bill.volume_ml),
        applied=applied,
        certificate=certificate,
    )


def apply_members(decision: Decision) -> tuple[tuple[AppliedOffer, ...], Running]:
    """What each member takes off in turn, and the lines after the last."""
    running = decision.scene.bill.lines
    applied: list[AppliedOffer] = []
    for member in decision.found.members:
        discount = member.discount(running)
        running = member.after(discount.fen, running)
        applied.append(
            AppliedOffer(
                candidate=member.candidate,
                discount_fen=discount.fen,
                cut_fen=discount.cut_fen,
                points=member.points_burnt(discount.fen),
            )
        )
    return tuple(applied), running


def unit_price_mill(paid_fen: int, volume_ml: Ratio) -> int:
    """Fen over exact millilitres as mills per litre, half up."""
    return half_up_ratio(paid_fen * MILL_ML_PER_FEN * volume_ml[1], volume_ml[0])
