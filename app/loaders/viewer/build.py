"""Builds the viewer loaders of one request."""

from dataclasses import dataclass
from datetime import datetime

from app.loaders.viewer import ViewerLoaders
from app.loaders.viewer.balances import BalancesByUserLoader, EntryByKeyLoader
from app.loaders.viewer.coupons import (
    CouponByIdLoader,
    CouponCountsByUserLoader,
    CouponsByUserLoader,
)
from app.loaders.viewer.favourites import FavouritesByUserLoader
from app.loaders.viewer.habits import HabitsByUserLoader
from app.loaders.viewer.member import MemberByUserLoader
from app.loaders.viewer.order_papers import InvoiceByOrderLoader, RefundsByOrderLoader
from app.loaders.viewer.orders import OrderByIdLoader
from app.loaders.viewer.usage import UsageByUserLoader
from app.ports.balances import BalanceRepository
from app.ports.invoices import InvoiceRepository
from app.ports.members import MemberRepository
from app.ports.orders import OrderRepository
from app.ports.refunds import RefundRepository
from app.ports.usage import UsageRepository
from app.ports.wallets import WalletRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerSources:
    """Where viewer loaders read."""

    members: MemberRepository
    wallets: WalletRepository
    balances: BalanceRepository
    usage: UsageRepository
    orders: OrderRepository
    refunds: RefundRepository
    invoices: InvoiceRepository


def build_viewer_loaders(user_id: int, moment: datetime, read: ViewerSources) -> ViewerLoaders:
    """Inside the running loop, once a request of a signed-in viewer, at the request's moment."""
    return ViewerLoaders(
        member=MemberByUserLoader(user_id, read.members),
        habits=HabitsByUserLoader(user_id, read.members),
        favourites=FavouritesByUserLoader(user_id, read.members),
        open_coupons=CouponsByUserLoader(user_id, read.wallets),
        coupon_counts=CouponCountsByUserLoader(user_id, read.wallets, moment),
        coupon_by_id=CouponByIdLoader(user_id, read.wallets),
        balances=BalancesByUserLoader(user_id, read.balances, moment),
        ledger_entry=EntryByKeyLoader(user_id, read.balances),
        usage=UsageByUserLoader(user_id, read.usage, moment),
        order_by_id=OrderByIdLoader(user_id, read.orders),
        refunds_by_order=RefundsByOrderLoader(user_id, read.refunds),
        invoice_by_order=InvoiceByOrderLoader(user_id, read.invoices),
    )
