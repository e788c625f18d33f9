"""Why a candidate that was not applied was not, and how far it is from applying (design §2,
Explanation)."""

from dataclasses import replace
from typing import NamedTuple

from app.domain.checkout.decision import Decision, forced_payable_fen, ineligibility
from app.domain.checkout.quote import UnappliedOffer
from app.domain.checkout.scene import Scene
from app.domain.pricing.fill import MILL_ML_PER_FEN
from app.domain.promotions.entry import Entry
from app.domain.promotions.reason import Outcome, Reason, ReasonCode

_NEAREST_FIRST = (Outcome.BEATEN, Outcome.NOT_CHOSEN, Outcome.INELIGIBLE)
_MENDABLE = frozenset({ReasonCode.NOT_CLAIMED, ReasonCode.PAYMENT_METHOD})
_IN_CONTEST = (Reason(code=ReasonCode.NOT_BEST),)
_TIED = (Reason(code=ReasonCode.TIE),)


class Distance(NamedTuple):
    """How far an offer is from applying: by outcome, then reasons that nobody can mend, then
    reasons, then the widest gap, litres counted at the pump price."""

    outcome: int
    lasting: int
    reasons: int
    gap_mill_ml: int

    @classmethod
    def of(cls, scene: Scene, offer: UnappliedOffer) -> "Distance":
        price_mill = scene.fuel.pump_price_mill_per_litre
        return cls(
            _NEAREST_FIRST.index(offer.outcome),
            sum(not _mendable(reason) for reason in offer.reasons),
            len(offer.reasons),
            max(_gap_mill_ml(reason, price_mill) for reason in offer.reasons),
        )

    @classmethod
    def at_least(cls, *, removed: bool, lasting: int, reasons: int) -> "Distance":
        """Of an ineligible candidate with so many reasons. That the viewer removed it is one more
        reason, and no gap."""
        outcome = Outcome.NOT_CHOSEN if removed else Outcome.INELIGIBLE
        return cls(_NEAREST_FIRST.index(outcome), lasting + removed, reasons + removed, 0)

    @property
    def removed(self) -> bool:
        """By the viewer."""
        return _NEAREST_FIRST[self.outcome] is Outcome.NOT_CHOSEN

    @property
    def unlockable(self) -> bool:
        """Ineligible, and the viewer can mend every reason."""
        return _NEAREST_FIRST[self.outcome] is Outcome.INELIGIBLE and not self.lasting


def unapplied_offers(decision: Decision) -> tuple[UnappliedOffer, ...]:
    """Every candidate but the members, nearest to applying first; at last in application order.

    Straight: each is explained, however many are asked for; see `Explanations`.
    """
    members = {member.entry.rank for member in decision.found.members}
    offers = [
        (Distance.of(decision.scene, offer), entry.rank, settled(decision, entry, offer))
        for entry in decision.roster.entries
        if entry.rank not in members
        for offer in (explained(decision, entry),)
    ]
    offers.sort(key=lambda ranked: ranked[:2])
    return tuple(offer for _, _, offer in offers)


def explained(decision: Decision, entry: Entry) -> UnappliedOffer:
    """Of an entry of the roster that is no member. Its NOT_BEST is `settled` by a search, which
    leaves the distance as it is."""
    removed = bool(decision.constraints.removed & entry.bit)
    if entry.rank not in decision.able:
        return explained_ineligible(decision.scene, entry, removed=removed)
    return _not_chosen(entry, ()) if removed else _beaten(decision, entry)


def explained_ineligible(scene: Scene, entry: Entry, *, removed: bool) -> UnappliedOffer:
    """Of an entry that is ineligible here; it need be in no roster."""
    reasons = ineligibility(scene, entry)
    if removed:
        return _not_chosen(entry, reasons)
    return UnappliedOffer(candidate=entry.candidate, outcome=Outcome.INELIGIBLE, reasons=reasons)


def settled(decision: Decision, entry: Entry, offer: UnappliedOffer) -> UnappliedOffer:
    """It would join, yet the best has no room for it: others cost the same (TIE), or less."""
    if offer.reasons != _IN_CONTEST:
        return offer
    tied = forced_payable_fen(decision, entry) == decision.found.payable_fen
    return replace(offer, reasons=_TIED) if tied else offer


def _not_chosen(entry: Entry, reasons: tuple[Reason, ...]) -> UnappliedOffer:
    removed = Reason(code=ReasonCode.NOT_CHOSEN)
    return UnappliedOffer(
        candidate=entry.candidate, outcome=Outcome.NOT_CHOSEN, reasons=(removed, *reasons)
    )


def _beaten(decision: Decision, entry: Entry) -> UnappliedOffer:
    """By whom it clashes; else what it would do in the chosen combination; else it only loses."""
    members = decision.found.members
    conflicts = tuple(m.candidate for m in members if entry.rivals & m.entry.bit)
    if conflicts:
        reasons = (Reason(code=ReasonCode.CLASH),)
    else:
        reasons = _in_combination(decision, entry) or _IN_CONTEST
    return UnappliedOffer(
        candidate=entry.candidate, outcome=Outcome.BEATEN, reasons=reasons, conflicts=conflicts
    )


def _in_combination(decision: Decision, entry: Entry) -> tuple[Reason, ...]:
    """Why it gives nothing at its turn in the chosen combination; empty: it gives something."""
    contender = decision.able[entry.rank]
    running = decision.scene.bill.lines
    for member in decision.found.members:
        if member.entry.rank > entry.rank:
            break
        running = member.after(member.discount(running).fen, running)
    gap_fen = contender.running_gap_fen(running)
    if gap_fen > 0:
        return (Reason(code=ReasonCode.RUNNING_THRESHOLD, gap_fen=gap_fen),)
    return () if contender.discount(running).fen > 0 else (Reason(code=ReasonCode.NO_EFFECT),)


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
