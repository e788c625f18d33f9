"""Why each candidate that was not applied was not (design §2, Explanation)."""

from app.domain.checkout.decision import Decision, forced_payable_fen, ineligibility
from app.domain.checkout.quote import UnappliedOffer
from app.domain.pricing.fill import MILL_ML_PER_FEN
from app.domain.promotions.entry import Entry
from app.domain.promotions.reason import Outcome, Reason, ReasonCode

_NEAREST_FIRST = (Outcome.BEATEN, Outcome.NOT_CHOSEN, Outcome.INELIGIBLE)
_MENDABLE = frozenset({ReasonCode.NOT_CLAIMED, ReasonCode.PAYMENT_METHOD})


def unapplied_offers(decision: Decision) -> tuple[UnappliedOffer, ...]:
    """Every candidate but the members, nearest to applying first.

    Beaten ones come first, then those the viewer removed, then the ineligible: fewer reasons
    first, then the smaller gap; at last in application order.
    """
    chosen = {member.entry.rank for member in decision.found.members}
    explained = [
        (entry.rank, _explain(decision, entry))
        for entry in decision.roster.entries
        if entry.rank not in chosen
    ]
    return _nearest_first(decision, explained)


def ineligible_offers(decision: Decision) -> tuple[UnappliedOffer, ...]:
    """Of `unapplied_offers`, the ineligible ones: no search is needed to tell them."""
    explained = [
        (entry.rank, _explain(decision, entry))
        for entry in decision.roster.entries
        if not (entry.rank in decision.able or decision.constraints.removed & entry.bit)
    ]
    return _nearest_first(decision, explained)


def _nearest_first(
    decision: Decision, explained: list[tuple[int, UnappliedOffer]]
) -> tuple[UnappliedOffer, ...]:
    explained.sort(key=lambda ranked: (*_distance(decision, ranked[1]), ranked[0]))
    return tuple(offer for _, offer in explained)


def _explain(decision: Decision, entry: Entry) -> UnappliedOffer:
    if decision.constraints.removed >> entry.rank & 1:
        removed = Reason(code=ReasonCode.NOT_CHOSEN)
        reasons = (removed, *_ineligibility(decision, entry))
        return UnappliedOffer(
            candidate=entry.candidate, outcome=Outcome.NOT_CHOSEN, reasons=reasons
        )
    reasons = _ineligibility(decision, entry)
    if reasons:
        return UnappliedOffer(
            candidate=entry.candidate, outcome=Outcome.INELIGIBLE, reasons=reasons
        )
    return _beaten(decision, entry)


def _ineligibility(decision: Decision, entry: Entry) -> tuple[Reason, ...]:
    return () if entry.rank in decision.able else ineligibility(decision.scene, entry)


def _beaten(decision: Decision, entry: Entry) -> UnappliedOffer:
    """By whom it clashes; else what it would do in the chosen combination; else it only loses."""
    members = decision.found.members
    conflicts = tuple(m.candidate for m in members if entry.rivals & m.entry.bit)
    if conflicts:
        reason = Reason(code=ReasonCode.CLASH)
    else:
        reason = _in_combination(decision, entry) or _in_contest(decision, entry)
    return UnappliedOffer(
        candidate=entry.candidate, outcome=Outcome.BEATEN, reasons=(reason,), conflicts=conflicts
    )


def _in_combination(decision: Decision, entry: Entry) -> Reason | None:
    """Why it gives nothing at its turn in the chosen combination; None: it gives something."""
    contender = decision.able[entry.rank]
    running = decision.scene.bill.lines
    for member in decision.found.members:
        if member.entry.rank > entry.rank:
            break
        running = member.after(member.discount(running).fen, running)
    gap_fen = contender.running_gap_fen(running)
    if gap_fen > 0:
        return Reason(code=ReasonCode.RUNNING_THRESHOLD, gap_fen=gap_fen)
    return None if contender.discount(running).fen > 0 else Reason(code=ReasonCode.NO_EFFECT)


def _in_contest(decision: Decision, entry: Entry) -> Reason:
    """It would join, yet the best has no room for it: others cost the same, or less."""
    tied = forced_payable_fen(decision, entry) == decision.found.payable_fen
    return Reason(code=ReasonCode.TIE if tied else ReasonCode.NOT_BEST)


def _distance(decision: Decision, offer: UnappliedOffer) -> tuple[int, int, int, int]:
    """How far it is from applying: outcome, reasons nobody can mend, reasons, the widest gap."""
    price_mill = decision.scene.fuel.pump_price_mill_per_litre
    return (
        _NEAREST_FIRST.index(offer.outcome),
        sum(not _mendable(reason) for reason in offer.reasons),
        len(offer.reasons),
        max(_gap_mill_ml(reason, price_mill) for reason in offer.reasons),
    )


def _mendable(reason: Reason) -> bool:
    """The viewer can close it: buying more, waiting, signing in, claiming, paying otherwise."""
    closing = (reason.gap_fen, reason.gap_ml, reason.available_from, reason.resets_at)
    mends = any(gap is not None for gap in closing)
    return mends or reason.guest or reason.code in _MENDABLE


def _gap_mill_ml(reason: Reason, price_mill: int) -> int:
    """A gap in money or litres on one scale: litres at the pump price."""
    if reason.gap_ml is not None:
        return reason.gap_ml * price_mill
    return (reason.gap_fen or 0) * MILL_ML_PER_FEN
