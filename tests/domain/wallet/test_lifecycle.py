"""A coupon's life: every act from every state, within and past its end."""

import pytest

from app.domain.wallet.coupon import CouponStatus
from app.domain.wallet.lifecycle import FINAL, CouponAct, IllegalCouponMove, next_status

S, A = CouponStatus, CouponAct
LEGAL = {
    (None, A.ISSUE, False): S.USABLE,
    (S.USABLE, A.RESERVE, False): S.RESERVED,
    (S.USABLE, A.REVOKE, False): S.REVOKED,
    (S.USABLE, A.EXPIRE, True): S.EXPIRED,
    (S.RESERVED, A.RELEASE, False): S.USABLE,
    (S.RESERVED, A.RELEASE, True): S.EXPIRED,
    (S.RESERVED, A.REDEEM, False): S.REDEEMED,
    (S.RESERVED, A.REDEEM, True): S.REDEEMED,
    (S.REDEEMED, A.GIVE_BACK, False): S.USABLE,
    (S.REDEEMED, A.GIVE_BACK, True): S.EXPIRED,
}


@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize("act", CouponAct)
@pytest.mark.parametrize("status", [None, *CouponStatus])
def test_each_move_is_legal_or_refused(status: CouponStatus | None, act: CouponAct, ended: bool):
    following = LEGAL.get((status, act, ended))
    if following is not None:
        assert next_status(status, act, ended=ended) is following
        return
    with pytest.raises(IllegalCouponMove) as refused:
        next_status(status, act, ended=ended)
    assert (refused.value.status, refused.value.act) == (status, act)


def test_nothing_leaves_a_final_state():
    assert not any(status in FINAL for status, _, _ in LEGAL)


@pytest.mark.parametrize("ended", [False, True])
def test_a_recalled_coupon_never_comes_back(ended: bool):
    for status, act in ((S.RESERVED, A.RELEASE), (S.REDEEMED, A.GIVE_BACK)):
        assert next_status(status, act, ended=ended, recalled=True) is S.REVOKED
    assert next_status(S.RESERVED, A.REDEEM, ended=ended, recalled=True) is S.REDEEMED
