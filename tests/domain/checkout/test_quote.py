"""A quote's lines, its expiry, and whether it fixes the payment method."""

from datetime import timedelta

from app.domain.checkout.engine import quote
from app.domain.checkout.purchase import NonFuelLine
from app.domain.checkout.quote import PriceLineKind
from app.domain.promotions.conditions.payment_method import ByPaymentMethod
from app.domain.promotions.terms import Lane
from app.domain.shared.payment import PaymentMethod
from app.domain.stations.station import PriceHistory, PricePoint
from tests.domain.promotions.builders import (
    NOON,
    batch,
    coupon,
    holder,
    product,
    promotion,
    purchase,
    station,
)

BY_ALIPAY = (ByPaymentMethod(methods=frozenset({PaymentMethod.ALIPAY})),)


def test_lines_run_from_the_pump_amount_to_the_payable() -> None:
    offers = [promotion("U", 300, Lane.UNIT_PRICE), promotion("A", 200), batch("C", 100)]
    answer = quote(
        purchase(
            offers,
            shopper=holder(coupon(1, "C")),
            station=station(service_fee_fen=50),
            non_fuel=(NonFuelLine(label="水", amount_fen=400),),
        )
    )
    assert [(line.kind, line.amount_fen, line.running_total_fen) for line in answer.lines] == [
        (PriceLineKind.PUMP_AMOUNT, 20_000, 20_000),
        (PriceLineKind.NON_FUEL, 400, 20_400),
        (PriceLineKind.UNIT_PRICE, -300, 20_100),
        (PriceLineKind.ACTIVITY, -200, 19_900),
        (PriceLineKind.COUPON, -100, 19_800),
        (PriceLineKind.SERVICE_FEE, 50, 19_850),
    ]
    assert answer.lines[1].label == "水"
    assert answer.price.payable_fen == 19_850


def history(*changes: tuple[timedelta, int]) -> PriceHistory:
    return PriceHistory(tuple(PricePoint(NOON + after, price) for after, price in changes))


def test_it_expires_after_its_time_or_at_the_next_change_of_price_or_ceiling() -> None:
    week, minute = timedelta(days=7), timedelta(minutes=1)
    steady = product()
    assert quote(purchase(product=steady)).expires_at == NOON + timedelta(minutes=5)
    assert quote(purchase(product=steady), ttl=minute).expires_at == NOON + minute
    price_soon = product(pump_price=history((-week, 6_950), (2 * minute, 7_000)))
    assert quote(purchase(product=price_soon)).expires_at == NOON + 2 * minute
    ceiling_soon = product(ceiling=history((-week, 7_500), (3 * minute, 7_400)))
    assert quote(purchase(product=ceiling_soon)).expires_at == NOON + 3 * minute
    changed_now = product(pump_price=history((-week, 6_950), (0 * minute, 7_000)))
    answer = quote(purchase(product=changed_now))
    assert answer.expires_at == NOON + 5 * minute
    assert answer.price.measure.pump_price_mill_per_litre == 7_000


def test_it_fixes_the_payment_method_when_an_applied_offer_depends_on_it() -> None:
    bound = promotion("A", 300, conditions=BY_ALIPAY)
    paying = purchase([bound], payment_method=PaymentMethod.ALIPAY)
    assert quote(paying).fixes_payment
    assert not quote(purchase([bound], payment_method=PaymentMethod.WECHAT_PAY)).fixes_payment
    assert not quote(purchase([promotion("B", 400), bound])).fixes_payment
