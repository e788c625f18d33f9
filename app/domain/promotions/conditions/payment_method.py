"""Only when paid by one of the methods; the quote then fixes the method."""

from dataclasses import dataclass
from typing import Literal

from app.domain.shared.payment import PaymentMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class ByPaymentMethod:
    kind: Literal["PAYMENT_METHOD"] = "PAYMENT_METHOD"
    methods: frozenset[PaymentMethod]
