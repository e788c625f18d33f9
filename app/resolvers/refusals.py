"""Refusals: what a driver asked for and cannot have, as data with a stable code."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.promotions.reason import Reason


class ErrorCode(StrEnum):
    INVALID_INPUT = "INVALID_INPUT"
    NOT_FOUND = "NOT_FOUND"
    SIGN_IN_REQUIRED = "SIGN_IN_REQUIRED"
    FILL_OUT_OF_RANGE = "FILL_OUT_OF_RANGE"
    PRODUCT_NOT_SOLD = "PRODUCT_NOT_SOLD"
    COUPON_TAKEN = "COUPON_TAKEN"
    COUPON_EXPIRED = "COUPON_EXPIRED"
    LIMIT_REACHED = "LIMIT_REACHED"
    POINTS_SHORT = "POINTS_SHORT"
    OFFER_ENDED = "OFFER_ENDED"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"


class Advice(StrEnum):
    """What to do: lets an old build act on a code it does not know. Closed."""

    FIX_INPUT = "FIX_INPUT"
    RETRY = "RETRY"
    REQUOTE = "REQUOTE"
    SIGN_IN = "SIGN_IN"
    VERIFY = "VERIFY"
    UPGRADE = "UPGRADE"
    CONTACT_SUPPORT = "CONTACT_SUPPORT"
    STOP = "STOP"


class Subject(StrEnum):
    """What a refusal is about, where the code alone does not say it."""

    STATION = "STATION"
    NOZZLE = "NOZZLE"
    OFFER = "OFFER"
    COUPON = "COUPON"
    COMBINATION = "COMBINATION"
    TWICE = "TWICE"


_ADVICE = {ErrorCode.SIGN_IN_REQUIRED: Advice.SIGN_IN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """`at`: the input's own names from the outside in, list indexes as digits. `limit` makes it a
    limit's: the bound that was passed, and what was asked (`used`). `reasons`: why an offer or a
    coupon of the choice cannot be used."""

    code: ErrorCode
    at: tuple[str, ...] = ()
    subject: Subject | None = None
    limit: int | None = None
    used: int | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def advice(self) -> Advice:
        return _ADVICE.get(self.code, Advice.FIX_INPUT)


class Refused(Exception):
    """Carries refusals out of a use case; it never leaves the resolver that catches it."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(", ".join(refusal.code for refusal in refusals))
        self.refusals = refusals
