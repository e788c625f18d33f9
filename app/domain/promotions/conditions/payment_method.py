"""Only when paid by one of the methods; the quote then fixes the method."""

from dataclasses import dataclass
from typing import Literal

from app.domain.promotions.conditions.choices import require_some
from app.domain.promotions.reason import Reason, ReasonCode
from app.domain.promotions.situation import Situation
from app.domain.shared.payment import PaymentMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class ByPaymentMethod:
    kind: Literal["PAYMENT_METHOD"] = "PAYMENT_METHOD"
    methods: frozenset[PaymentMethod]

    def __post_init__(self) -> None:
        require_some(self.methods, "methods")

    def failures(self, situation: Situation) -> tuple[Reason, ...]:
        """Empty: holds. While no method is known it fails."""
        if situation.payment_method in self.methods:
            return ()
        accepted = tuple(method.value for method in PaymentMethod if method in self.methods)
        return (Reason(code=ReasonCode.PAYMENT_METHOD, accepted=accepted),)
