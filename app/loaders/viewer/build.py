"""Builds the viewer loaders of one request."""

from datetime import datetime

from app.loaders.viewer import ViewerLoaders
from app.loaders.viewer.coupons import (
    CouponByIdLoader,
    CouponCountsByUserLoader,
    CouponsByUserLoader,
)
from app.loaders.viewer.favourites import FavouritesByUserLoader
from app.loaders.viewer.habits import HabitsByUserLoader
from app.loaders.viewer.member import MemberByUserLoader
from app.loaders.viewer.points import PointsByUserLoader
from app.loaders.viewer.usage import UsageByUserLoader
from app.ports.members import MemberRepository
from app.ports.points import PointsRepository
from app.ports.usage import UsageRepository
from app.ports.wallets import WalletRepository


def build_viewer_loaders(
    user_id: int,
    moment: datetime,
    *,
    members: MemberRepository,
    wallets: WalletRepository,
    points: PointsRepository,
    usage: UsageRepository,
) -> ViewerLoaders:
    """Inside the running loop, once a request of a signed-in viewer, at the request's moment."""
    return ViewerLoaders(
        member=MemberByUserLoader(user_id, members),
        habits=HabitsByUserLoader(user_id, members),
        favourites=FavouritesByUserLoader(user_id, members),
        open_coupons=CouponsByUserLoader(user_id, wallets),
        coupon_counts=CouponCountsByUserLoader(user_id, wallets, moment),
        coupon_by_id=CouponByIdLoader(user_id, wallets),
        points=PointsByUserLoader(user_id, points),
        usage=UsageByUserLoader(user_id, usage, moment),
    )
