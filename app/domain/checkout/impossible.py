"""What a viewer may choose and cannot have: a typed error, no quote (design §2, Viewer's choice)."""

from enum import StrEnum

from app.domain.promotions.reason import Reason


class ChoiceFault(StrEnum):
    """Why a viewer's choice cannot be priced."""

    UNKNOWN_OFFER = "UNKNOWN_OFFER"
    UNKNOWN_COUPON = "UNKNOWN_COUPON"
    INELIGIBLE = "INELIGIBLE"
    NO_LEGAL_COMBINATION = "NO_LEGAL_COMBINATION"


class ChoiceImpossible(Exception):
    """No legal combination holds exactly the viewer's choice; no quote is made.

    `coupon_id` or `code`: the member at fault, where one can be named; `reasons`: why.
    """

    def __init__(
        self,
        fault: ChoiceFault,
        *,
        coupon_id: int | None = None,
        code: str | None = None,
        reasons: tuple[Reason, ...] = (),
    ) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.coupon_id = coupon_id
        self.code = code
        self.reasons = reasons
