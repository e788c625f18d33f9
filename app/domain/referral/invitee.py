"""A referral as the referrer sees it."""

from enum import StrEnum

from app.domain.referral.referral import SideState


class InviteeState(StrEnum):
    """As the contract names them. ORDERED: the friend has paid an order that is not completed."""

    BOUND = "BOUND"
    ORDERED = "ORDERED"
    COOLING = "COOLING"
    REWARDED = "REWARDED"
    REVERSED = "REVERSED"
    REFUSED = "REFUSED"


def invitee_state(referrer_side: SideState, *, has_paid: bool) -> InviteeState:
    """`has_paid`: an order of the friend's is paid and not completed."""
    if referrer_side is SideState.BOUND:
        return InviteeState.ORDERED if has_paid else InviteeState.BOUND
    if referrer_side is SideState.REVERSING:
        return InviteeState.REVERSED
    return InviteeState(referrer_side.value)
