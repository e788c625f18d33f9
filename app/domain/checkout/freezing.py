"""From a price to the ledger that is frozen with its order (design §2, Ledger)."""

from collections.abc import Iterator

from app.domain.checkout.quote import Price
from app.domain.orders.ledger import Grant, Ledger, ledger_of
from app.domain.promotions.bill import Bill, Scope
from app.domain.shared.funder import Funder


def frozen_ledger(price: Price) -> Ledger:
    """Each offer's discount over its scoped lines by running amount, what exceeds the fuel's
    headroom to the others, then over the funders. What a floor cut off is charged to nobody."""
    bill = Bill.of(
        price.measure,
        tuple(line.amount_fen for line in price.purchase.non_fuel),
        fee_fen=price.fee_fen,
        floor_price_mill_per_litre=price.purchase.product.floor_price_mill_per_litre,
        minimum_payable_fen=price.purchase.minimum_payable_fen,
    )
    return ledger_of(bill.lines, bill.fee_fen, _grants(price, bill))


def _grants(price: Price, bill: Bill) -> Iterator[Grant]:
    running = bill.lines
    for offer in price.applied:
        promotion, coupon = offer.candidate.promotion, offer.candidate.coupon
        after = bill.less(offer.discount_fen, Scope.of(promotion.scope), running)
        funding = promotion.funding
        yield Grant(
            code=promotion.code,
            coupon_id=coupon.id if coupon else None,
            by_line=tuple(had - has for had, has in zip(running, after, strict=True)),
            shares_bp={
                Funder.PLATFORM: funding.platform_bp,
                Funder.STATION: funding.station_bp,
                Funder.BRAND: funding.brand_bp,
            },
        )
        running = after
