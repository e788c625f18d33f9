"""Builds the viewer loaders of one request."""

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


def build_viewer_loaders(
    user_id: int,
    moment: datetime,
    *,
    members: MemberRepository,
    wallets: WalletRepository,
    balances: BalanceRepository,
    usage: UsageRepository,
    orders: OrderRepository,
    refunds: RefundRepository,
    invoices: InvoiceRepository,
) -> ViewerLoaders:
    """Inside the running loop, once a request of a signed-in viewer, at the request's moment."""
    return ViewerLoaders(
        member=MemberByUserLoader(user_id, members),
        habits=HabitsByUserLoader(user_id, members),
        favourites=FavouritesByUserLoader(user_id, members),
        open_coupons=CouponsByUserLoader(user_id, wallets),
        coupon_counts=CouponCountsByUserLoader(user_id, wallets, moment),
        coupon_by_id=CouponByIdLoader(user_id, wallets),
        balances=BalancesByUserLoader(user_id, balances, moment),
        ledger_entry=EntryByKeyLoader(user_id, balances),
        usage=UsageByUserLoader(user_id, usage, moment),
        order_by_id=OrderByIdLoader(user_id, orders),
        refunds_by_order=RefundsByOrderLoader(user_id, refunds),
        invoice_by_order=InvoiceByOrderLoader(user_id, invoices),
    )
