"""Orders for tests, with sensible values for the rest."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.orders.ledger import Grant, ledger_of
from app.domain.orders.order import Order
from app.domain.orders.status import OrderStatus
from app.domain.orders.terms import AppliedTerm, OrderTerms
from app.domain.promotions.terms import Lane
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.funder import Funder
from app.domain.shared.payment import PaymentMethod
from app.domain.shared.text import LocalizedText

PLACED_AT = datetime(2026, 4, 22, 12, tzinfo=UTC)


def applied_term(code: str = "A", discount_fen: int = 500, **others: Any) -> AppliedTerm:
    """An activity of the platform's, unless told."""
    values = {"lane": Lane.ACTIVITY, "coupon_id": None, "title": LocalizedText(zh=code)}
    return AppliedTerm(code=code, discount_fen=discount_fen, **(values | others))


def order_terms(*applied: AppliedTerm, **others: Any) -> OrderTerms:
    """92# of 200 yuan at 8 yuan a litre at station 1; each offer borne by the platform."""
    pump_amount_fen = others.get("pump_amount_fen", 20_000)
    fee_fen = others.get("fee_fen", 0)
    grants = [
        Grant(
            code=offer.code,
            coupon_id=offer.coupon_id,
            by_line=(offer.discount_fen,),
            shares_bp={Funder.PLATFORM: 10_000},
        )
        for offer in applied
    ]
    ledger = ledger_of([pump_amount_fen], fee_fen, grants)
    values: dict[str, Any] = {
        "station_id": 1,
        "station_code": "test:1",
        "station_name": "站 1",
        "time_zone": "Asia/Shanghai",
        "fuel_grade": FuelGrade.GASOLINE_92,
        "nozzle_no": None,
        "pump_price_mill_per_litre": 8_000,
        "volume_ml": pump_amount_fen * 10_000 // 8_000,
        "pump_amount_fen": pump_amount_fen,
        "fee_fen": fee_fen,
        "payable_fen": ledger.paid_fen,
        "unit_price_mill": ledger.paid_fen * 8_000 // pump_amount_fen,
        "rule_version": "1",
        "payment_method": None,
        "use_points": False,
        "applied": applied,
        "ledger": ledger,
        "usage": (),
        "rewards": (),
    }
    return OrderTerms(**(values | others))


def order(terms: OrderTerms | None = None, **others: Any) -> Order:
    """Order 1 of member 7, just placed."""
    terms = terms or order_terms()
    values: dict[str, Any] = {
        "user_id": 7,
        "id": 1,
        "quote_id": "q1",
        "status": OrderStatus.PLACED,
        "terms": terms,
        "payment_method": PaymentMethod.WECHAT_PAY,
        "placed_at": PLACED_AT,
        "pay_before": PLACED_AT + timedelta(minutes=15),
        "refunded_lines": tuple(0 for _ in terms.ledger.lines),
        "number": "260422000001",
    }
    return Order(**(values | others))
