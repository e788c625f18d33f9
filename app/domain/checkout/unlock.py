"""Steps that would make an ineligible candidate apply, each verified by pricing it.

Source: design §2, Explanation (Unlock).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.checkout.fill_more import least_fill
from app.domain.checkout.impossible import ChoiceImpossible
from app.domain.checkout.many import price_all
from app.domain.checkout.minimum_payable import least_after_change
from app.domain.checkout.pricing import price_of
from app.domain.checkout.purchase import Purchase
from app.domain.checkout.quote import Price, UnappliedOffer, Unlock, UnlockKind
from app.domain.checkout.shortlist import decide_shortlisted
from app.domain.pricing.bounds import in_range
from app.domain.pricing.fill import LitresFill
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.coupon_span import coupon_span
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.reason import Outcome, Reason, ReasonCode
from app.domain.shared.payment import PaymentMethod
from app.domain.wallet.coupon import Coupon, CouponStatus

WAIT_AT_MOST = timedelta(hours=24)
"""A hint to wait longer than this helps nobody at the pump."""

NEW_MEMBER_ID = 0
"""Stands for the member that a guest would become; no real member has it."""

_THRESHOLDS = frozenset({ReasonCode.THRESHOLD_AMOUNT, ReasonCode.THRESHOLD_LITRES})


@dataclass(frozen=True, slots=True)
class _Step:
    """A changed purchase, and the candidate as it would stand in it."""

    kind: UnlockKind
    purchase: Purchase
    candidate: Candidate


def unlocks(price: Price, unapplied: Iterable[UnappliedOffer]) -> tuple[Unlock, ...]:
    """The hints that hold, most saved first; then by kind, then in the order of `unapplied`.

    An offer gets a hint only where one step closes every gap and the offer then applies, under
    the same choice, at a total that saves money.
    """
    pricing = _Pricing(price.purchase)
    found: list[Unlock] = []
    for offer in unapplied:
        if offer.outcome is Outcome.INELIGIBLE:
            hints = (_verified(price, offer, step, pricing) for step in _steps(price, offer))
            best = max((h for h in hints if h), key=lambda hint: hint.saves_fen, default=None)
            if best is not None and best.saves_fen > 0:
                found.append(best)
    kinds = list(UnlockKind)
    return tuple(sorted(found, key=lambda hint: (-hint.saves_fen, kinds.index(hint.kind))))


def _steps(price: Price, offer: UnappliedOffer) -> Iterator[_Step]:
    """The ways to close every reason of the offer with one step; often none."""
    purchase, candidate = price.purchase, offer.candidate
    codes = {reason.code for reason in offer.reasons}
    if codes <= _THRESHOLDS:
        fill = least_fill(purchase.fill, price.measure, offer.reasons)
        if in_range(fill):
            yield _Step(UnlockKind.BUY_MORE, replace(purchase, fill=fill), candidate)
    elif all(reason.guest for reason in offer.reasons):
        yield _sign_in(purchase, candidate)
    elif codes == {ReasonCode.NOT_CLAIMED}:
        yield _claim(purchase, candidate.promotion)
    elif codes == {ReasonCode.PAYMENT_METHOD}:
        for method in _methods(offer.reasons):
            least = least_after_change(
                purchase.minimum_payable_fen, purchase.payment_method, method
            )
            changed = replace(purchase, payment_method=method, minimum_payable_fen=least)
            yield _Step(UnlockKind.CHANGE_PAYMENT, changed, candidate)
    else:
        moment = _opening(offer.reasons)
        if moment is not None and _worth_waiting_for(moment, purchase):
            yield _Step(UnlockKind.WAIT, replace(purchase, moment=moment), candidate)


def _worth_waiting_for(moment: datetime, purchase: Purchase) -> bool:
    soon = moment - purchase.moment <= WAIT_AT_MOST
    return soon and purchase.station.is_open_at(moment)


def _sign_in(purchase: Purchase, candidate: Candidate) -> _Step:
    """As a new member on the same device, who has claimed the batch where the candidate is one."""
    member = replace(purchase.shopper, user_id=NEW_MEMBER_ID, first_order=True)
    signed_in = replace(purchase, shopper=member)
    if candidate.is_unclaimed_batch:
        return replace(_claim(signed_in, candidate.promotion), kind=UnlockKind.SIGN_IN)
    return _Step(UnlockKind.SIGN_IN, signed_in, candidate)


def _claim(purchase: Purchase, batch: Promotion) -> _Step:
    """With one coupon of the batch, claimed now."""
    shopper = purchase.shopper
    valid_from, valid_until = coupon_span(batch, purchase.moment)
    coupon = Coupon(
        id=max((held.id for held in shopper.coupons), default=0) + 1,
        user_id=shopper.user_id or NEW_MEMBER_ID,
        batch_code=batch.code,
        stored_status=CouponStatus.USABLE,
        claimed_at=purchase.moment,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    claimed = replace(shopper, coupons=(*shopper.coupons, coupon))
    return _Step(UnlockKind.CLAIM, replace(purchase, shopper=claimed), Candidate(batch, coupon))


def _methods(reasons: Sequence[Reason]) -> list[PaymentMethod]:
    """The methods that every reason accepts, in the order of `PaymentMethod`."""
    return [m for m in PaymentMethod if all(m.value in reason.accepted for reason in reasons)]


def _opening(reasons: Sequence[Reason]) -> datetime | None:
    """When the last of the reasons passes; None: one of them does not pass by waiting."""
    openings = [
        opening
        for reason in reasons
        if (opening := reason.available_from or reason.resets_at) is not None
    ]
    return max(openings) if len(openings) == len(reasons) else None


class _Pricing:
    """Prices changed purchases, each once: all of a guest's steps to sign in are one purchase, and
    all offers that wait for one hour, or for one way to pay, are too."""

    def __init__(self, now: Purchase) -> None:
        self._now = now
        self._prices: dict[tuple[object, ...], Price | None] = {}

    def price(self, purchase: Purchase) -> Price | None:
        """None: the viewer's choice cannot be kept in it."""
        wallet = purchase.shopper.coupons[len(self._now.shopper.coupons) :]
        changes = (purchase.fill, purchase.moment, purchase.payment_method)
        key = (*changes, purchase.shopper.user_id, tuple(coupon.batch_code for coupon in wallet))
        if key not in self._prices:
            self._prices[key] = self._priced(purchase)
        return self._prices[key]

    def _priced(self, purchase: Purchase) -> Price | None:
        if purchase.choice.is_free:
            return price_all(purchase, [(purchase.station, purchase.product)])[0]
        try:
            return price_of(decide_shortlisted(purchase))
        except ChoiceImpossible:
            return None


def _verified(now: Price, offer: UnappliedOffer, step: _Step, pricing: _Pricing) -> Unlock | None:
    """The hint, if the candidate applies once the step is taken."""
    then = pricing.price(step.purchase)
    if then is None or all(a.candidate != step.candidate for a in then.applied):
        return None
    added_fen = then.measure.pump_amount_fen - now.measure.pump_amount_fen
    asked, kind = step.purchase, step.kind
    more = kind is UnlockKind.BUY_MORE
    return Unlock(
        kind=kind,
        candidate=offer.candidate,
        payable_then_fen=then.payable_fen,
        unit_price_then_mill=then.unit_price_mill,
        saves_fen=now.payable_fen + added_fen - then.payable_fen,
        add_fen=added_fen if more else None,
        add_ml=_added_ml(now.purchase, asked) if more else None,
        waits_until=asked.moment if kind is UnlockKind.WAIT else None,
        payment_method=asked.payment_method if kind is UnlockKind.CHANGE_PAYMENT else None,
    )


def _added_ml(now: Purchase, then: Purchase) -> int | None:
    """The volume added, where the fill was given in litres."""
    if isinstance(now.fill, LitresFill) and isinstance(then.fill, LitresFill):
        return then.fill.volume_ml - now.fill.volume_ml
    return None
