"""Viewer loaders: profile, wallet, points, orders. All keys are the viewer's own user id."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiodataloader import DataLoader

from app.domain.loyalty.points import PointsBalance
from app.domain.profiles.member import Habits, Member
from app.domain.promotions.usage import CounterKey, Used
from app.domain.wallet.coupon import Coupon, CouponStatus


@dataclass(frozen=True, slots=True)
class ViewerLoaders:
    """All by user id, but `coupon_by_id`, by (user id, coupon id)."""

    member: DataLoader[int, Member | None]
    habits: DataLoader[int, Habits]
    favourites: DataLoader[int, frozenset[int]]
    open_coupons: DataLoader[int, tuple[Coupon, ...]]
    coupon_counts: DataLoader[int, Mapping[CouponStatus, int]]
    coupon_by_id: DataLoader[tuple[int, int], Coupon | None]
    points: DataLoader[int, PointsBalance]
    usage: DataLoader[int, Mapping[CounterKey, Used]]
