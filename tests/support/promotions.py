"""Promotions for tests that care for their number and versions, not for their rules."""

from app.domain.promotions.benefits.amount_off import AmountOff
from app.domain.promotions.conditions import Condition
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.terms import Lane
from app.domain.shared.text import LocalizedText


def amount_off(code: str, off_fen: int = 100, *conditions: Condition) -> Promotion:
    return Promotion(
        code=code,
        title=LocalizedText(zh=f"立减 {code}"),
        lane=Lane.ACTIVITY,
        benefit=AmountOff(off_fen=off_fen),
        conditions=conditions,
    )
