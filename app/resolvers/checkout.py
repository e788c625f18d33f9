"""The checkout preview: what a fill would cost, exactly, and why. Pure: it changes nothing."""

import uuid
from dataclasses import dataclass, replace

from app.domain.checkout import engine
from app.domain.checkout.impossible import ChoiceFault, ChoiceImpossible
from app.domain.checkout.minimum_payable import minimum_payable_fen
from app.domain.checkout.order_terms import order_terms
from app.domain.checkout.purchase import FREE_CHOICE, OfferChoice, Purchase
from app.domain.checkout.quote import Quote, UnappliedOffer, Unlock
from app.domain.checkout.warnings import PreviewWarning, WarningCode, warnings_of
from app.domain.pricing.bounds import LARGEST_PUMP_AMOUNT_FEN, LARGEST_VOLUME_ML, in_range
from app.domain.pricing.fill import AmountFill, Fill
from app.domain.promotions.reason import Outcome, ReasonCode
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.stations.station import Station, StationProduct
from app.ports.errors import StorageUnavailable
from app.ports.orders import Alike
from app.ports.quote_tokens import QuoteClaims
from app.resolvers.context import RequestContext
from app.resolvers.keys import CouponKey
from app.resolvers.pages import LARGEST_PAGE
from app.resolvers.refusals import ErrorCode, Refusal, Refused, Subject
from app.resolvers.shopping import (
    Shopping,
    Wishes,
    guest_shopping_to_price,
    purchase_of,
    shopping_to_price,
)

MAX_OFFERS = 8
"""Members of one combination at most (design §2, Legality)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceWanted:
    """None in place of a key or a code: an id that cannot be read. `coupons` None: left open."""

    coupons: tuple[CouponKey | None, ...] | None = None
    offers: tuple[str | None, ...] = ()
    excluded: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewWanted:
    station_id: int
    fuel_grade: FuelGrade
    nozzle_no: str | None
    fill: Fill
    choice: ChoiceWanted | None
    use_points: bool | None
    payment_method: PaymentMethod | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """`user_id`: whom the quote is signed for; None: a guest, who must sign in to order."""

    quote_id: str
    quote: Quote
    nozzle_no: str | None
    warnings: tuple[PreviewWarning, ...]
    user_id: int | None

    @property
    def purchase(self) -> Purchase:
        return self.quote.price.purchase

    @property
    def fixed_method(self) -> PaymentMethod | None:
        """The one way to pay at this price: an offer depends on it, or others cannot collect so
        little. None: any may."""
        too_little = self.quote.price.payable_fen < minimum_payable_fen(None)
        return self.purchase.payment_method if self.quote.fixes_payment or too_little else None


async def preview(context: RequestContext, wanted: PreviewWanted) -> Preview | tuple[Refusal, ...]:
    """A quote, or why there is none.

    When the viewer's data cannot be loaded the answer is the price that anyone gets, with
    OFFERS_UNAVAILABLE; a choice of coupons then cannot be honoured: `StorageUnavailable`.
    """
    try:
        station, product = _place(context, wanted)
        choice = _choice(context, wanted.choice or ChoiceWanted())
        buyer, complete = await _buyer(context, choice)
        purchase = purchase_of(
            context, buyer, station, product, wanted.fill, _wishes(wanted, choice)
        )
        async with context.turn():
            quoted = _quoted(context, wanted, purchase, complete)
        return await _with_duplicate(context, quoted)
    except Refused as refused:
        return refused.refusals


async def _with_duplicate(context: RequestContext, quoted: Preview) -> Preview:
    """With a warning where placing it would be taken for a repetition; none where orders cannot be
    read, or nobody may place here."""
    if quoted.user_id is None or context.open_desk is None:
        return quoted
    looked_for = Alike(
        user_id=quoted.user_id,
        station_id=quoted.purchase.station.id,
        nozzle_no=quoted.nozzle_no,
        pump_amount_fen=quoted.quote.price.measure.pump_amount_fen,
        since=context.moment - context.desk().timing.duplicate_within,
    )
    try:
        (newest,) = await context.orders.alike([looked_for])
    except StorageUnavailable:
        return quoted
    if newest is None:
        return quoted
    warning = PreviewWarning(code=WarningCode.DUPLICATE_SUSPECTED)
    return replace(quoted, warnings=(warning, *quoted.warnings))


def _place(context: RequestContext, wanted: PreviewWanted) -> tuple[Station, StationProduct]:
    station = context.catalog.stations.by_id.get(wanted.station_id)
    if station is None:
        raise Refused(
            Refusal(code=ErrorCode.NOT_FOUND, at=("station_id",), subject=Subject.STATION)
        )
    product = station.products.get(wanted.fuel_grade)
    refusals: list[Refusal] = []
    if product is None:
        refusals.append(Refusal(code=ErrorCode.PRODUCT_NOT_SOLD, at=("fuel_grade",)))
    elif wanted.nozzle_no is not None and wanted.nozzle_no not in product.nozzles:
        refusals.append(
            Refusal(code=ErrorCode.INVALID_INPUT, at=("nozzle_no",), subject=Subject.NOZZLE)
        )
    if not in_range(wanted.fill):
        refusals.append(_out_of_range(wanted.fill))
    if refusals or product is None:
        raise Refused(*refusals)
    return station, product


def _out_of_range(fill: Fill) -> Refusal:
    """The limit is in the fill's own unit: fen, or whole litres."""
    if isinstance(fill, AmountFill):
        at, limit = ("fill", "pump_amount_fen"), LARGEST_PUMP_AMOUNT_FEN
    else:
        at, limit = ("fill", "litres"), LARGEST_VOLUME_ML // 1000
    return Refusal(code=ErrorCode.FILL_OUT_OF_RANGE, at=at, limit=limit)


def _choice(context: RequestContext, wanted: ChoiceWanted) -> OfferChoice:
    """Every id must be known and named once; coupons must be the viewer's own."""
    refusals = _too_many(wanted)
    if refusals:
        raise Refused(*refusals)
    coupons = _coupon_ids(context, wanted.coupons, refusals)
    forced = _codes(context, wanted.offers, "offer_ids", refusals)
    excluded = _codes(context, wanted.excluded, "exclude_offer_ids", refusals)
    for index, code in enumerate(wanted.excluded):
        if code is not None and code in forced:
            at = ("choice", "exclude_offer_ids", str(index))
            refusals.append(Refusal(code=ErrorCode.INVALID_INPUT, at=at, subject=Subject.TWICE))
    if refusals:
        raise Refused(*refusals)
    if wanted == ChoiceWanted():
        return FREE_CHOICE
    return OfferChoice(coupon_ids=coupons, forced_codes=forced, excluded_codes=excluded)


def _too_many(wanted: ChoiceWanted) -> list[Refusal]:
    """No combination holds more members than the engine's bound; nobody excludes hundreds."""
    asked = (
        ("coupon_ids", len(wanted.coupons or ()), MAX_OFFERS),
        ("offer_ids", len(wanted.offers), MAX_OFFERS),
        ("exclude_offer_ids", len(wanted.excluded), LARGEST_PAGE),
    )
    return [
        Refusal(code=ErrorCode.LIMIT_REACHED, at=("choice", name), limit=limit, used=count)
        for name, count, limit in asked
        if count > limit
    ]


def _coupon_ids(
    context: RequestContext, keys: tuple[CouponKey | None, ...] | None, refusals: list[Refusal]
) -> frozenset[int] | None:
    if keys is None:
        return None
    viewer = context.viewer()
    if keys and viewer is None:
        refusals.append(Refusal(code=ErrorCode.SIGN_IN_REQUIRED, at=("choice", "coupon_ids")))
        return frozenset()
    found: set[int] = set()
    for index, key in enumerate(keys):
        at = ("choice", "coupon_ids", str(index))
        if key is None or viewer is None or key.user_id != viewer.user_id:
            refusals.append(Refusal(code=ErrorCode.NOT_FOUND, at=at, subject=Subject.COUPON))
        elif key.coupon_id in found:
            refusals.append(Refusal(code=ErrorCode.INVALID_INPUT, at=at, subject=Subject.TWICE))
        else:
            found.add(key.coupon_id)
    return frozenset(found)


def _codes(
    context: RequestContext, codes: tuple[str | None, ...], name: str, refusals: list[Refusal]
) -> frozenset[str]:
    for index, code in enumerate(codes):
        at = ("choice", name, str(index))
        if code is None or code not in context.catalog.rules.by_code:
            refusals.append(Refusal(code=ErrorCode.NOT_FOUND, at=at, subject=Subject.OFFER))
        elif code in codes[:index]:
            refusals.append(Refusal(code=ErrorCode.INVALID_INPUT, at=at, subject=Subject.TWICE))
    return frozenset(code for code in codes if code is not None)


async def _buyer(context: RequestContext, choice: OfferChoice) -> tuple[Shopping, bool]:
    """The viewer, or anyone when the viewer's data cannot be loaded. `False`: something could not
    be read, so offers may be missing."""
    try:
        buyer = await shopping_to_price(context)
    except StorageUnavailable:
        if choice.coupon_ids:
            raise
        guest = await guest_shopping_to_price(context)
        return replace(guest, usage=replace(guest.usage, own_unread=True)), False
    return buyer, not buyer.usage.unread


def _wishes(wanted: PreviewWanted, choice: OfferChoice) -> Wishes:
    return Wishes(choice=choice, use_points=wanted.use_points, payment_method=wanted.payment_method)


def _quoted(
    context: RequestContext, wanted: PreviewWanted, purchase: Purchase, complete: bool
) -> Preview:
    try:
        with context.computing():
            quote = engine.quote(purchase, context.quote_ttl)
    except ChoiceImpossible as impossible:
        raise Refused(_impossible(wanted, impossible)) from impossible
    warnings = warnings_of(quote, points_asked=wanted.use_points is True)
    if not complete:
        if context.user_id is not None:
            warnings = tuple(w for w in warnings if w.code is not WarningCode.SIGN_IN_TO_ORDER)
        warnings = (PreviewWarning(code=WarningCode.OFFERS_UNAVAILABLE), *warnings)
    return Preview(
        quote_id=uuid.uuid4().hex,
        quote=quote,
        nozzle_no=wanted.nozzle_no,
        warnings=warnings,
        user_id=context.user_id if not complete else purchase.shopper.user_id,
    )


_BY_REASON = {
    ReasonCode.COUPON_EXPIRED: ErrorCode.COUPON_EXPIRED,
    ReasonCode.COUPON_RESERVED: ErrorCode.COUPON_TAKEN,
    ReasonCode.POINTS_SHORT: ErrorCode.POINTS_SHORT,
    ReasonCode.ENDED: ErrorCode.OFFER_ENDED,
}


def _impossible(wanted: PreviewWanted, impossible: ChoiceImpossible) -> Refusal:
    """What of the choice cannot be had, with the path to it where one member is at fault."""
    is_coupon = impossible.coupon_id is not None
    subject = Subject.COUPON if is_coupon else Subject.OFFER
    at = _at(wanted.choice or ChoiceWanted(), impossible)
    match impossible.fault:
        case ChoiceFault.UNKNOWN_OFFER | ChoiceFault.UNKNOWN_COUPON:
            return Refusal(code=ErrorCode.NOT_FOUND, at=at, subject=subject)
        case ChoiceFault.INELIGIBLE:
            codes = (_BY_REASON.get(reason.code) for reason in impossible.reasons)
            code = next((code for code in codes if code), ErrorCode.NOT_ELIGIBLE)
            return Refusal(code=code, at=at, subject=subject, reasons=impossible.reasons)
        case ChoiceFault.NO_LEGAL_COMBINATION:
            return Refusal(code=ErrorCode.INVALID_INPUT, at=at, subject=Subject.COMBINATION)


def _at(choice: ChoiceWanted, impossible: ChoiceImpossible) -> tuple[str, ...]:
    for index, key in enumerate(choice.coupons or ()):
        if key is not None and key.coupon_id == impossible.coupon_id:
            return ("choice", "coupon_ids", str(index))
    for index, code in enumerate(choice.offers):
        if code is not None and code == impossible.code:
            return ("choice", "offer_ids", str(index))
    return ("choice",)


def sign(context: RequestContext, previewed: Preview) -> str:
    """The token that an order will be placed with. From here on the answer must not be stored."""
    context.no_store = True
    quote = previewed.quote
    return context.quote_tokens.sign(
        QuoteClaims(
            quote_id=previewed.quote_id,
            user_id=previewed.user_id,
            fill=previewed.purchase.fill,
            terms=order_terms(
                quote, nozzle_no=previewed.nozzle_no, payment_method=previewed.fixed_method
            ),
            issued_at=quote.issued_at,
            expires_at=quote.expires_at,
        )
    )


async def unapplied(
    context: RequestContext, previewed: Preview, first: int
) -> tuple[UnappliedOffer, ...]:
    """Offers not applied, nearest to applying first. Computed when asked, as far as asked."""
    async with context.turn():
        return previewed.quote.nearest(first)


async def unlocks(context: RequestContext, previewed: Preview) -> tuple[Unlock, ...]:
    """Verified next steps, the best first. Computed when asked."""
    async with context.turn():
        return previewed.quote.unlocks


async def payable_if_forced(
    context: RequestContext, previewed: Preview, unapplied: UnappliedOffer
) -> int | None:
    """What would be paid if it were forced in; None: it cannot be. Computed when asked."""
    if unapplied.outcome is Outcome.INELIGIBLE:
        return None
    async with context.turn():
        return previewed.quote.payable_if_forced(unapplied.candidate)
