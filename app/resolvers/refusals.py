"""Refusals: what a driver asked for and cannot have, as data with a stable code."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.promotions.reason import Reason


class ErrorCode(StrEnum):
    INVALID_INPUT = "INVALID_INPUT"
    NOT_FOUND = "NOT_FOUND"
    SIGN_IN_REQUIRED = "SIGN_IN_REQUIRED"
    FORBIDDEN = "FORBIDDEN"
    RATE_LIMITED = "RATE_LIMITED"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    FILL_OUT_OF_RANGE = "FILL_OUT_OF_RANGE"
    PRODUCT_NOT_SOLD = "PRODUCT_NOT_SOLD"
    QUOTE_INVALID = "QUOTE_INVALID"
    QUOTE_EXPIRED = "QUOTE_EXPIRED"
    QUOTE_USED = "QUOTE_USED"
    QUOTE_NOT_YOURS = "QUOTE_NOT_YOURS"
    PAYMENT_METHOD_MISMATCH = "PAYMENT_METHOD_MISMATCH"
    PRICE_CEILING_CHANGED = "PRICE_CEILING_CHANGED"
    DUPLICATE_SUSPECTED = "DUPLICATE_SUSPECTED"
    COUPON_TAKEN = "COUPON_TAKEN"
    COUPON_EXPIRED = "COUPON_EXPIRED"
    BUDGET_EXHAUSTED = "BUDGET_EXHAUSTED"
    LIMIT_REACHED = "LIMIT_REACHED"
    POINTS_SHORT = "POINTS_SHORT"
    OFFER_ENDED = "OFFER_ENDED"
    OUT_OF_STOCK = "OUT_OF_STOCK"
    ALREADY_CLAIMED = "ALREADY_CLAIMED"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    CODE_UNKNOWN = "CODE_UNKNOWN"
    ORDER_STATE = "ORDER_STATE"
    REFUND_TOO_LARGE = "REFUND_TOO_LARGE"
    PAYMENT_FAILED = "PAYMENT_FAILED"
    INVOICE_EXISTS = "INVOICE_EXISTS"
    REFERRAL_SELF = "REFERRAL_SELF"
    REFERRAL_LOOP = "REFERRAL_LOOP"
    REFERRAL_BOUND = "REFERRAL_BOUND"
    REFERRAL_TOO_LATE = "REFERRAL_TOO_LATE"
    CREDENTIAL_INVALID = "CREDENTIAL_INVALID"
    PROVIDER_UNAVAILABLE = "PROVIDER_UNAVAILABLE"


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
    ORDER = "ORDER"
    COMBINATION = "COMBINATION"
    TWICE = "TWICE"
    KEY = "KEY"
    METHOD = "METHOD"
    USES = "USES"
    MONEY = "MONEY"
    CODE = "CODE"
    AUTOMATIC = "AUTOMATIC"
    REWARD = "REWARD"
    SESSION = "SESSION"
    REFRESH = "REFRESH"
    PHONE = "PHONE"
    PROOF = "PROOF"


_ADVICE = {
    ErrorCode.SIGN_IN_REQUIRED: Advice.SIGN_IN,
    ErrorCode.RATE_LIMITED: Advice.RETRY,
    ErrorCode.QUOTE_INVALID: Advice.REQUOTE,
    ErrorCode.QUOTE_EXPIRED: Advice.REQUOTE,
    ErrorCode.QUOTE_USED: Advice.REQUOTE,
    ErrorCode.QUOTE_NOT_YOURS: Advice.REQUOTE,
    ErrorCode.PRICE_CEILING_CHANGED: Advice.REQUOTE,
    ErrorCode.BUDGET_EXHAUSTED: Advice.REQUOTE,
    ErrorCode.OUT_OF_STOCK: Advice.STOP,
    ErrorCode.ALREADY_CLAIMED: Advice.STOP,
    ErrorCode.CODE_UNKNOWN: Advice.FIX_INPUT,
    ErrorCode.ORDER_STATE: Advice.STOP,
    ErrorCode.PAYMENT_FAILED: Advice.RETRY,
    ErrorCode.INVOICE_EXISTS: Advice.STOP,
    ErrorCode.REFERRAL_SELF: Advice.STOP,
    ErrorCode.REFERRAL_LOOP: Advice.STOP,
    ErrorCode.REFERRAL_BOUND: Advice.STOP,
    ErrorCode.REFERRAL_TOO_LATE: Advice.STOP,
    ErrorCode.PROVIDER_UNAVAILABLE: Advice.RETRY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """`at`: the input's own names from the outside in, list indexes as digits. `limit` makes it a
    limit's: the bound that was passed, and what was asked, or has been used so far (`used`), both
    in the bound's own unit; `resets_at`: when it counts anew, None: never. `reasons`: why an offer
    or a coupon of the choice cannot be used. `told`: the advice that this case calls for, where it
    is not its code's. `retry_after_s` makes it a throttle's: seconds to wait."""

    code: ErrorCode
    at: tuple[str, ...] = ()
    subject: Subject | None = None
    limit: int | None = None
    used: int | None = None
    resets_at: datetime | None = None
    reasons: tuple[Reason, ...] = ()
    told: Advice | None = None
    retry_after_s: int | None = None

    @property
    def advice(self) -> Advice:
        return self.told or _ADVICE.get(self.code, Advice.FIX_INPUT)


class Refused(Exception):
    """Carries refusals out of a use case; it never leaves the resolver that catches it."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(", ".join(refusal.code for refusal in refusals))
        self.refusals = refusals
