"""What each field costs, in points: the one table of it.

A point is about the work of one object of an answer. Every object costs `OBJECT`, in a list once an
item; scalars are free. `POINTS` is what a field costs besides, once each time it runs: reading the
database, pricing, writing. Lists with a `first` argument hold as many items; `SIZES` says it of the
others: how many there usually are, or the list argument that says it. `MONEY`: mutations that move
money, coupons or points: an operation asks for one of them at most.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

OBJECT = 1
STATEMENT = 5
"""One statement at the database, or a lookup of like effort."""
PRICING = 20
"""The engine's search for one purchase."""
WRITING = 50
"""A transaction, with its audit record and jobs."""
PASSWORD = 200
"""Hashing a password, made slow on purpose."""

POINTS: Mapping[str, int] = {
    "Query.node": STATEMENT,
    "Query.nodes": STATEMENT,
    "Query.stations": PRICING,
    "Query.offers": STATEMENT,
    "Query.order": STATEMENT,
    "Query.checkoutPreview": PRICING,
    "Query.referralLanding": STATEMENT,
    "Query.regions": STATEMENT,
    "Query.staff": STATEMENT,
    "Query.promotionVersions": WRITING,
    "Query.settlement": 10 * WRITING,
    "Query.auditTrail": WRITING,
    "Query.member": WRITING,
    "Query.__schema": 500,
    "Query.__type": 50,
    "Station.isFavourite": 0,
    "Station.offers": STATEMENT,
    "StationProduct.effectivePrice": 1,
    "CheckoutPreview.notApplied": PRICING,
    "CheckoutPreview.unlocks": PRICING,
    "CheckoutPreview.quote": STATEMENT,
    "UnappliedOffer.payableIfForced": PRICING,
    "EffectivePrice.unlock": PRICING,
    "Viewer.savingsTotal": STATEMENT,
    "Viewer.offers": STATEMENT,
    "Viewer.wallet": STATEMENT,
    "Viewer.points": STATEMENT,
    "Viewer.fuelCredit": STATEMENT,
    "Viewer.preferences": STATEMENT,
    "Viewer.orders": STATEMENT,
    "Viewer.usualStations": STATEMENT,
    "Viewer.referral": STATEMENT,
    "Viewer.sessions": STATEMENT,
    "Viewer.privacy": STATEMENT,
    "CouponWallet.coupons": STATEMENT,
    "CouponWallet.counts": STATEMENT,
    "CouponWallet.expiringWithinDays": STATEMENT,
    "PointsAccount.statement": STATEMENT,
    "FuelCreditAccount.statement": STATEMENT,
    "Referral.invitees": STATEMENT,
}
"""By type and field. A mutation or subscription that is not named costs `WRITING`."""

SIZES: Mapping[str, int | str] = {
    "Query.nodes": "ids",
    "Station.amenities": 5,
    "Station.products": 4,
    "StationFacets.brands": 20,
    "StationFacets.amenities": 20,
    "EffectivePrice.appliedOffers": 2,
    "CheckoutPreview.lines": 6,
    "CheckoutPreview.applied": 3,
    "CheckoutPreview.rewards": 2,
    "CheckoutPreview.warnings": 2,
    "UnappliedOffer.reasons": 2,
    "UnappliedOffer.conflicts": 2,
    "Offer.conditions": 4,
    "Coupon.conditions": 4,
    "CouponWallet.counts": 5,
    "Order.lines": 6,
    "Order.applied": 3,
    "Order.rewards": 2,
    "Order.refunds": 2,
    "Preferences.topics": 5,
    "PromotionVersion.steps": 5,
    "Settlement.owed": 100,
    "SeenMember.latestOrders": 5,
    "Referral.earned": 3,
    "Viewer.sessions": 3,
    "SignOutPayload.sessions": 3,
    "ReferralLanding.rewards": 3,
}
"""Lists of objects without `first`, by type and field. `userErrors` hold one."""

UNSAID = 10
"""The size of a list that nobody gave one: a test names it."""

MONEY = frozenset(
    {
        "claimOffer",
        "redeemCode",
        "placeOrder",
        "startPayment",
        "cancelOrder",
        "requestRefund",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """The tables above, or those of another schema."""

    points: Mapping[str, int] = field(default_factory=lambda: POINTS)
    sizes: Mapping[str, int | str] = field(default_factory=lambda: SIZES)
    money: frozenset[str] = MONEY

    def points_of(self, type_name: str, field_name: str, *, writes: bool) -> int:
        """Beside the objects that it answers. `writes`: a root field of a mutation."""
        return self.points.get(f"{type_name}.{field_name}", WRITING if writes else 0)

    def size_of(self, type_name: str, field_name: str) -> int | str:
        if field_name == "userErrors":
            return 1
        return self.sizes.get(f"{type_name}.{field_name}", UNSAID)
