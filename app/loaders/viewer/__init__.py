"""Viewer loaders: profile, wallet, points, orders. All keys are the viewer's own user id."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiodataloader import DataLoader

from app.domain.loyalty.balance import Balance
from app.domain.loyalty.entry import Entry
from app.domain.loyalty.unit import Unit
from app.domain.orders.invoice import Invoice
from app.domain.orders.order import Order
from app.domain.orders.refund_request import OrderRefund
from app.domain.profiles.member import Habits, Member
from app.domain.promotions.usage import CounterKey, Used
from app.domain.wallet.coupon import Coupon, CouponStatus


@dataclass(frozen=True, slots=True)
class ViewerLoaders:
    """All by user id, but those of one coupon or order, by (user id, id)."""

    member: DataLoader[int, Member | None]
    habits: DataLoader[int, Habits]
    favourites: DataLoader[int, frozenset[int]]
    open_coupons: DataLoader[int, tuple[Coupon, ...]]
    coupon_counts: DataLoader[int, Mapping[CouponStatus, int]]
    coupon_by_id: DataLoader[tuple[int, int], Coupon | None]
    balances: DataLoader[int, Mapping[Unit, Balance]]
    ledger_entry: DataLoader[tuple[int, Unit, int], Entry | None]
    usage: DataLoader[int, Mapping[CounterKey, Used]]
    order_by_id: DataLoader[tuple[int, int], Order | None]
    refunds_by_order: DataLoader[tuple[int, int], tuple[OrderRefund, ...]]
    invoice_by_order: DataLoader[tuple[int, int], Invoice | None]
