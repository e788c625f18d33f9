"""Disputed payments (争议款): money that did not fit, or could not be given back, until a person
settles it. No such money ever pays an order: an order costs what was quoted."""

import re
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from app.domain.orders.payment import Payment, PaymentState

REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,64}")


class DisputeEnd(StrEnum):
    """RETURN: the provider is to give back all that came. RETURNED: a person gave it back, at the
    provider or by another way."""

    RETURN = "RETURN"
    RETURNED = "RETURNED"


class DisputeFault(StrEnum):
    """UNKNOWN: no payment has the number. STATE: it is not disputed. NO_MONEY: the provider, asked
    anew, knows of none, or is none of ours any more. REFERENCE: the word by which the money's way
    back is found has 1 to 64 letters, digits, "-" or "_"."""

    UNKNOWN = "UNKNOWN"
    STATE = "STATE"
    NO_MONEY = "NO_MONEY"
    REFERENCE = "REFERENCE"


class DisputeRefused(Exception):
    """Nothing was changed. `payment`: as it stands, where there is one."""

    def __init__(self, fault: DisputeFault, payment: Payment | None = None) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.payment = payment


def refuse_undisputed(payment: Payment, reference: str) -> None:
    """`reference`: where a person can find it again, e.g. the number of a bank transfer or of a
    ticket. Raises `DisputeRefused`."""
    if payment.state is not PaymentState.DISPUTED:
        raise DisputeRefused(DisputeFault.STATE, payment)
    if not REFERENCE.fullmatch(reference):
        raise DisputeRefused(DisputeFault.REFERENCE, payment)


def dispute_ended(
    payment: Payment, end: DisputeEnd, came_fen: int | None, moment: datetime
) -> Payment:
    """RETURNING, with the provider still to be asked, or RETURNED. `came_fen`: what came, as the
    provider says now, since the figure told before may be what was in dispute; None: nobody
    knows better."""
    known = replace(payment, paid_fen=came_fen or payment.paid_fen)
    if end is DisputeEnd.RETURN:
        return replace(known, state=PaymentState.RETURNING, return_asked_at=moment)
    return replace(known, state=PaymentState.RETURNED, returned_at=moment)
