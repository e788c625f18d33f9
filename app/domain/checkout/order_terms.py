"""From a quote to the terms that its order will have: all that is fixed from then on."""

from app.domain.checkout.consumption import usage_terms
from app.domain.checkout.freezing import frozen_ledger
from app.domain.checkout.quote import AppliedOffer, Earned, Quote
from app.domain.orders.terms import AppliedTerm, OrderTerms, RewardTerm
from app.domain.shared.payment import PaymentMethod


def order_terms(
    quote: Quote, *, nozzle_no: str | None, payment_method: PaymentMethod | None
) -> OrderTerms:
    """`payment_method`: the one way to pay at this price; None: any."""
    price, purchase = quote.price, quote.price.purchase
    station = purchase.station
    return OrderTerms(
        station_id=station.id,
        station_code=station.code,
        station_name=station.name,
        time_zone=station.time_zone,
        fuel_grade=purchase.product.fuel_grade,
        nozzle_no=nozzle_no,
        pump_price_mill_per_litre=price.measure.pump_price_mill_per_litre,
        volume_ml=price.measure.shown_volume_ml,
        pump_amount_fen=price.measure.pump_amount_fen,
        fee_fen=price.fee_fen,
        payable_fen=price.payable_fen,
        unit_price_mill=price.unit_price_mill,
        rule_version=purchase.rules.version,
        payment_method=payment_method,
        use_points=purchase.use_points,
        applied=tuple(_applied(offer) for offer in price.applied),
        ledger=frozen_ledger(price),
        usage=usage_terms(price, quote.rewards),
        rewards=tuple(_reward(earned) for earned in quote.rewards),
    )


def _applied(offer: AppliedOffer) -> AppliedTerm:
    promotion, coupon = offer.candidate.promotion, offer.candidate.coupon
    return AppliedTerm(
        code=promotion.code,
        title=promotion.title,
        lane=promotion.lane,
        coupon_id=coupon.id if coupon else None,
        discount_fen=offer.discount_fen,
        cut_fen=offer.cut_fen,
        points=offer.points,
    )


def _reward(earned: Earned) -> RewardTerm:
    batch = earned.batch
    return RewardTerm(
        code=earned.promotion.code,
        title=earned.promotion.title,
        kind=earned.kind,
        points=earned.points,
        credit_fen=earned.credit_fen,
        batch_code=batch.code if batch else None,
        batch_title=batch.title if batch else None,
        stock_kept=batch is not None,
        batch_stock=batch.delivery.stock if batch and batch.delivery else None,
    )
