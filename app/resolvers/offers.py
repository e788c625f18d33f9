"""Offers: published promotions as lists, and what of one depends on the viewer."""

import asyncio
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.promotions.audience import holds_for_viewer, is_meant_for, takes_grade
from app.domain.promotions.claims import ClaimFacts, ClaimState, claim_state, is_published
from app.domain.promotions.claims import remaining as remaining_of
from app.domain.promotions.conditions import Condition
from app.domain.promotions.placement import can_apply_at
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.terms import Lane
from app.domain.recommendation.offer_order import pick, rule_key
from app.domain.shared.fuel import FuelGrade
from app.domain.stations.geo import Coordinates
from app.resolvers.context import RequestContext
from app.resolvers.pages import Cursor, Page, Placed, check_first, key_after, page_of
from app.resolvers.shopping import guest_shopping, shopping
from app.resolvers.wallet import claimed_by_batch

NEAR_RADIUS_M = 10_000
"""Offers near a place: usable at a station within this distance."""

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""Shown as the start of an offer that was written without one: it has always been valid."""

_KEY = (int, int, int, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class OffersWanted:
    near: Coordinates | None
    lane: Lane | None
    first: int
    after: Cursor | None


def published_offers(context: RequestContext, wanted: OffersWanted) -> Page[Promotion]:
    """What is published now, the same for everyone, in the order in which offers apply."""
    check_first(wanted.first)
    near = wanted.near
    place = (near.latitude_e7, near.longitude_e7) if near else None
    listing = _listing("offers", place, wanted.lane and wanted.lane.value)
    key = key_after(wanted.after, listing, _KEY)
    promotions = [
        promotion
        for promotion in context.catalog.rules
        if is_published(promotion, context.moment)
        and (wanted.lane is None or promotion.lane is wanted.lane)
    ]
    if near is not None:
        stations = [s for s, _ in context.catalog.stations.near(near, NEAR_RADIUS_M)]
        promotions = [p for p in promotions if any(can_apply_at(p, s) for s in stations)]
    return page_of(
        promotions,
        rule_key,
        listing=listing,
        version=context.catalog.version,
        first=wanted.first,
        after=key,
    )


async def station_offers(
    context: RequestContext,
    station_id: int,
    fuel_grade: FuelGrade | None,
    first: int,
    after: Cursor | None,
) -> Page[Promotion]:
    """Published offers that can be used at a station, for a grade if one is given."""
    check_first(first)
    listing = _listing("station-offers", station_id, fuel_grade and fuel_grade.value)
    key = key_after(after, listing, _KEY)
    promotions = await context.loaders.public.promotions_by_station.load(station_id)
    listed = [
        promotion
        for promotion in promotions
        if is_published(promotion, context.moment)
        and (fuel_grade is None or takes_grade(promotion, fuel_grade))
    ]
    return page_of(
        listed,
        rule_key,
        listing=listing,
        version=context.catalog.version,
        first=first,
        after=key,
    )


async def viewer_offers(
    context: RequestContext,
    station_id: int | None,
    first: int,
    after: Cursor | None,
) -> Page[Promotion]:
    """Published offers that are for this viewer, usable at a station if one is given (at an id
    that is no station's none is); in rule order only, when personalisation is switched off."""
    check_first(first)
    buyer = await shopping(context)
    personalised = buyer.preferences.personalised
    listing = _listing("viewer-offers", station_id, personalised)
    key = key_after(after, listing, _KEY)
    promotions = [p for p in context.catalog.rules if is_published(p, context.moment)]
    if station_id is not None:
        station = context.catalog.stations.by_id.get(station_id)
        promotions = [p for p in promotions if station and can_apply_at(p, station)]
    states = await asyncio.gather(*(offer_claim_state(context, p) for p in promotions))
    picks = [
        picked
        for promotion, state in zip(promotions, states, strict=True)
        if (picked := pick(promotion, buyer.shopper, state, personalised)) is not None
    ]
    page = page_of(
        picks,
        lambda picked: picked.key,
        listing=listing,
        version=context.catalog.version,
        first=first,
        after=key,
    )
    placed = tuple(Placed(one.cursor, one.item.promotion) for one in page.items)
    return Page(placed, page.has_next, page.has_previous)


async def offer_claim_state(context: RequestContext, promotion: Promotion) -> ClaimState:
    """The viewer's, or a guest's."""
    viewer = context.viewer()
    if promotion.delivery is None:
        return claim_state(
            promotion, context.moment, ClaimFacts(shopper=guest_shopping(context).shopper)
        )
    issued = await _issued(context, promotion)
    if viewer is None:
        facts = ClaimFacts(shopper=guest_shopping(context).shopper, issued=issued)
    else:
        buyer = await shopping(context)
        claimed = await claimed_by_batch(context, viewer)
        facts = ClaimFacts(
            shopper=buyer.shopper, claimed=claimed.get(promotion.code, 0), issued=issued
        )
    return claim_state(promotion, context.moment, facts)


async def offer_remaining(context: RequestContext, promotion: Promotion) -> int | None:
    """Coupons left to claim; None: no stock bounds it. Public."""
    return remaining_of(promotion, await _issued(context, promotion))


async def _issued(context: RequestContext, promotion: Promotion) -> int | None:
    if promotion.delivery is None or promotion.delivery.stock is None:
        return None
    return await context.loaders.public.issued_by_batch.load(promotion.code)


async def condition_holds(context: RequestContext, condition: Condition) -> bool | None:
    """Whether the viewer meets it; None for a guest, and for what is not about the viewer."""
    if context.viewer() is None:
        return None
    buyer = await shopping(context)
    return holds_for_viewer(condition, buyer.shopper)


async def personal_conditions(
    context: RequestContext, promotion: Promotion
) -> tuple[Condition, ...]:
    """The conditions on the viewer, where all of them hold and personalisation is on: why this
    viewer sees an offer that others do not. A guest has none."""
    if context.viewer() is None:
        return ()
    buyer = await shopping(context)
    if not buyer.preferences.personalised or not is_meant_for(promotion, buyer.shopper):
        return ()
    return tuple(c for c in promotion.conditions if holds_for_viewer(c, buyer.shopper))


def offer_by_code(context: RequestContext, code: str) -> Promotion | None:
    return context.catalog.rules.by_code.get(code)


def _listing(name: str, *asked: object) -> str:
    digest = hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]
    return f"{name}:{digest}"
