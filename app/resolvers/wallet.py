"""The viewer's coupon wallet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from app.domain.promotions.placement import can_apply_at
from app.domain.promotions.promotion import Promotion
from app.domain.wallet.coupon import Coupon, CouponStatus
from app.ports.wallets import CouponPage
from app.resolvers.context import RequestContext, Viewer
from app.resolvers.errors import BadDays
from app.resolvers.keys import CouponKey
from app.resolvers.pages import Cursor, Page, check_first, page_by_instants, place_after

MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class HeldCoupon:
    """A coupon with its batch's terms."""

    coupon: Coupon
    promotion: Promotion


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponsWanted:
    """`status` None: all. `usable_at`: only those usable at that station (by id); at an id that is
    no station's none is."""

    status: CouponStatus | None
    usable_at: int | None
    first: int
    after: Cursor | None


async def coupons(
    context: RequestContext, viewer: Viewer, wanted: CouponsWanted
) -> Page[HeldCoupon]:
    """Soonest end first. Bad page size or cursor: `BadRequest`. Database down:
    `StorageUnavailable`."""
    check_first(wanted.first)
    status = wanted.status.value if wanted.status else "all"
    listing = (
        f"coupons:{viewer.user_id}:{status}:{'' if wanted.usable_at is None else wanted.usable_at}"
    )
    place = place_after(wanted.after, listing)
    batches = _usable_batches(context, wanted)
    if batches is not None and not batches:
        return Page((), False, False)
    held, more = await _held_page(
        context,
        CouponPage(
            user_id=viewer.user_id,
            moment=context.moment,
            status=wanted.status,
            first=wanted.first,
            after=place,
            batch_codes=batches,
        ),
    )
    return page_by_instants(
        held,
        lambda one: (one.coupon.valid_until, one.coupon.id),
        listing=listing,
        version=context.catalog.version,
        more=more,
        after=place,
    )


async def _held_page(context: RequestContext, wanted: CouponPage) -> tuple[list[HeldCoupon], bool]:
    """A full page, and whether coupons follow. Those whose batch has gone take no place: a page of
    nothing else would have no cursor to go on from."""
    held: list[HeldCoupon] = []
    more, after = True, wanted.after
    while more and len(held) < wanted.first:
        room = wanted.first - len(held)
        found = await context.wallets.page(replace(wanted, first=room, after=after))
        more = len(found) > room
        for coupon in found[:room]:
            after = coupon.valid_until, coupon.id
            if (one := _held(context, coupon)) is not None:
                held.append(one)
    return held, more


def _usable_batches(context: RequestContext, wanted: CouponsWanted) -> frozenset[str] | None:
    """Codes of batches usable at the station asked for; None: any."""
    if wanted.usable_at is None:
        return None
    station = context.catalog.stations.by_id.get(wanted.usable_at)
    if station is None:
        return frozenset()
    return frozenset(
        promotion.code
        for promotion in context.catalog.rules
        if promotion.delivery is not None and can_apply_at(promotion, station)
    )


def _held(context: RequestContext, coupon: Coupon) -> HeldCoupon | None:
    """None: its batch has gone from the rules, so nothing can be said or done with it."""
    promotion = context.catalog.rules.by_code.get(coupon.batch_code)
    return HeldCoupon(coupon, promotion) if promotion else None


async def coupon_counts(viewer: Viewer) -> Mapping[CouponStatus, int]:
    """Coupons by status at this instant; a status without any is 0."""
    counted = await viewer.loaders.coupon_counts.load(viewer.user_id)
    return {status: counted.get(status, 0) for status in CouponStatus}


async def expiring_coupons(
    context: RequestContext, viewer: Viewer, days: int, first: int
) -> tuple[HeldCoupon, ...]:
    """Usable coupons that end within `days` times 24 hours, soonest first."""
    check_first(first)
    if not 1 <= days <= MOST_DAYS:
        raise BadDays
    held, _ = await _held_page(
        context,
        CouponPage(
            user_id=viewer.user_id,
            moment=context.moment,
            status=CouponStatus.USABLE,
            first=first,
            ends_before=context.moment + timedelta(days=days),
        ),
    )
    return tuple(held)


async def coupon_by_key(context: RequestContext, key: CouponKey) -> Coupon | None:
    """The viewer's own; another's and a guest's are None."""
    viewer = context.viewer()
    if viewer is None or key.user_id != viewer.user_id:
        return None
    return await viewer.loaders.coupon_by_id.load((viewer.user_id, key.coupon_id))


async def held_coupon(context: RequestContext, key: CouponKey) -> HeldCoupon | None:
    """The viewer's own coupon with its terms, or None."""
    coupon = await coupon_by_key(context, key)
    return _held(context, coupon) if coupon else None


async def claimed_by_batch(context: RequestContext, viewer: Viewer) -> Mapping[str, int]:
    """Coupons that the viewer has ever had, by batch that may be claimed; read once a request."""
    return await context.once("claimed_by_batch", lambda: _claimed_by_batch(context, viewer))


async def _claimed_by_batch(context: RequestContext, viewer: Viewer) -> dict[str, int]:
    claimable = frozenset(p.code for p in context.catalog.rules if p.delivery is not None)
    if not claimable:
        return {}
    found = await context.wallets.page(
        CouponPage(
            user_id=viewer.user_id,
            moment=context.moment,
            status=None,
            first=MOST_COUPONS,
            batch_codes=claimable,
        )
    )
    counted: dict[str, int] = {}
    for coupon in found:
        counted[coupon.batch_code] = counted.get(coupon.batch_code, 0) + 1
    return counted


MOST_COUPONS = 10_000
"""More than any wallet holds: a claim is bounded by each batch's `per_user`."""
