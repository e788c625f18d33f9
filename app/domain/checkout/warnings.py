"""What is worth knowing about a quote and never blocks it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.checkout.quote import AppliedOffer, Quote
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.terms import Lane

SOON = timedelta(hours=24)
"""A coupon, an offer or a price that changes within this time is worth a word."""


class WarningCode(StrEnum):
    CHOICE_ADJUSTED = "CHOICE_ADJUSTED"
    DISCOUNT_CLAMPED = "DISCOUNT_CLAMPED"
    SEARCH_INEXACT = "SEARCH_INEXACT"
    COUPON_EXPIRES_SOON = "COUPON_EXPIRES_SOON"
    OFFER_ENDS_SOON = "OFFER_ENDS_SOON"
    PRICE_CHANGES_SOON = "PRICE_CHANGES_SOON"
    STATION_CLOSED = "STATION_CLOSED"
    SIGN_IN_TO_ORDER = "SIGN_IN_TO_ORDER"
    DUPLICATE_SUSPECTED = "DUPLICATE_SUSPECTED"
    OFFERS_UNAVAILABLE = "OFFERS_UNAVAILABLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewWarning:
    """`at`: when it expires, ends or changes. `amount_fen`: what a clamp cut off."""

    code: WarningCode
    candidate: Candidate | None = None
    at: datetime | None = None
    amount_fen: int | None = None


def warnings_of(quote: Quote, *, points_asked: bool) -> tuple[PreviewWarning, ...]:
    """In the order of their urgency. `points_asked`: the viewer asked for points in this request,
    so none applied is an adjustment of the choice."""
    return (
        *_of_place(quote),
        *_of_choice(quote, points_asked),
        *_of_offers(quote),
        *_of_price(quote),
    )


def _of_place(quote: Quote) -> Iterator[PreviewWarning]:
    purchase = quote.price.purchase
    if not purchase.station.is_open_at(purchase.moment):
        yield PreviewWarning(code=WarningCode.STATION_CLOSED)
    if purchase.shopper.is_guest:
        yield PreviewWarning(code=WarningCode.SIGN_IN_TO_ORDER)


def _of_choice(quote: Quote, points_asked: bool) -> Iterator[PreviewWarning]:
    applied = quote.price.applied
    burnt = any(offer.candidate.promotion.lane is Lane.POINTS for offer in applied)
    if points_asked and not burnt:
        yield PreviewWarning(code=WarningCode.CHOICE_ADJUSTED)
    if not quote.price.certificate.exact:
        yield PreviewWarning(code=WarningCode.SEARCH_INEXACT)


def _of_offers(quote: Quote) -> Iterator[PreviewWarning]:
    moment = quote.price.purchase.moment
    for offer in quote.price.applied:
        if offer.cut_fen:
            yield PreviewWarning(
                code=WarningCode.DISCOUNT_CLAMPED,
                candidate=offer.candidate,
                amount_fen=offer.cut_fen,
            )
        ends_at = _end(offer)
        if ends_at is not None and ends_at - moment <= SOON:
            of_coupon = offer.candidate.coupon is not None
            code = WarningCode.COUPON_EXPIRES_SOON if of_coupon else WarningCode.OFFER_ENDS_SOON
            yield PreviewWarning(code=code, candidate=offer.candidate, at=ends_at)


def _end(offer: AppliedOffer) -> datetime | None:
    coupon = offer.candidate.coupon
    return coupon.valid_until if coupon else offer.candidate.promotion.validity.ends_at


def _of_price(quote: Quote) -> Iterator[PreviewWarning]:
    purchase = quote.price.purchase
    changes_at = purchase.product.next_change_after(purchase.moment)
    if changes_at is not None and changes_at - purchase.moment <= SOON:
        yield PreviewWarning(code=WarningCode.PRICE_CHANGES_SOON, at=changes_at)
