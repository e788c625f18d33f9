"""The coupons of a demo member: as a persona plans them, or drawn from the published batches."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from app.domain.promotions.conditions import Condition
from app.domain.promotions.conditions.first_order import IsFirstOrder
from app.domain.promotions.conditions.fuel_grade import OfFuelGrade
from app.domain.promotions.conditions.member_tier import OfMemberTier
from app.domain.promotions.conditions.segment import InSegment
from app.domain.promotions.promotion import CouponDelivery, Promotion
from app.domain.wallet.coupon import Coupon, CouponStatus
from app.integrations.demo_seed.plans import CouponPlan, MemberPlan

FIRST_COUPON_ID = 1_000_000_000
MOST_COUPONS = 1_000
"""Room for coupon ids between one member and the next."""

SCARCE_FIRST_INDEX = 20
"""A batch with a stock of at most `SCARCE_STOCK` goes to the members from here on, one each."""
SCARCE_STOCK = 100


@dataclass(frozen=True, slots=True)
class Batch:
    promotion: Promotion
    delivery: CouponDelivery

    @property
    def code(self) -> str:
        return self.promotion.code

    @property
    def scarce(self) -> bool:
        return self.delivery.stock is not None and self.delivery.stock <= SCARCE_STOCK

    def ends(self, claimed_at: datetime) -> datetime:
        """The end of a coupon claimed then: so many days later, or the batch's own end."""
        days = self.delivery.valid_days_from_claim
        ends_at = self.promotion.validity.ends_at
        if days is None and ends_at is not None:
            return ends_at
        return claimed_at + timedelta(days=days or 30)

    def claim_that_ends(self, end: datetime) -> datetime:
        """The instant at which a coupon that ends then was claimed."""
        days = self.delivery.valid_days_from_claim
        return end - timedelta(days=days if days is not None else 30)

    def suits(self, plan: MemberPlan) -> bool:
        """Whether an operator would issue it to such a member."""
        return all(_suits(condition, plan) for condition in self.promotion.conditions)


def _suits(condition: Condition, plan: MemberPlan) -> bool:
    match condition:
        case IsFirstOrder():
            return plan.orders == 0
        case InSegment(segments=segments):
            return not segments.isdisjoint(plan.segments)
        case OfMemberTier(at_least=at_least):
            return plan.tier.rank >= at_least.rank
        case OfFuelGrade(fuel_grades=fuel_grades):
            return plan.fuel_grade in fuel_grades
        case _:
            return True


def batches_of(promotions: tuple[Promotion, ...]) -> Mapping[str, Batch]:
    return {
        promotion.code: Batch(promotion, promotion.delivery)
        for promotion in promotions
        if promotion.delivery is not None
    }


def make_coupons(
    plan: MemberPlan, batches: Mapping[str, Batch], moment: datetime, rng: Random
) -> Iterator[Coupon]:
    """Ids rise; no more of a batch than one member may have."""
    planned = plan.coupons
    if planned is None:
        planned = tuple(_drawn(plan, batches, rng))
    next_id = FIRST_COUPON_ID + plan.index * MOST_COUPONS
    for group in planned:
        batch = batches[group.batch]
        for _ in range(group.count):
            yield _coupon(next_id, plan, batch, group, moment, rng)
            next_id += 1


def _coupon(
    coupon_id: int,
    plan: MemberPlan,
    batch: Batch,
    group: CouponPlan,
    moment: datetime,
    rng: Random,
) -> Coupon:
    jitter = timedelta(minutes=rng.randrange(720))
    end = moment + timedelta(days=group.ends_in_days) + jitter
    if batch.delivery.valid_days_from_claim is None:
        end = batch.ends(moment)
    claimed_at = min(batch.claim_that_ends(end), moment - timedelta(minutes=5))
    return Coupon(
        id=coupon_id,
        user_id=plan.user_id,
        batch_code=batch.code,
        stored_status=group.status,
        claimed_at=claimed_at,
        valid_from=claimed_at,
        valid_until=end,
    )


def _drawn(plan: MemberPlan, batches: Mapping[str, Batch], rng: Random) -> Iterator[CouponPlan]:
    for batch in batches.values():
        draw, limit = rng.randrange(100), batch.delivery.per_user
        if batch.scarce:
            stock = batch.delivery.stock or 0
            if SCARCE_FIRST_INDEX <= plan.index < SCARCE_FIRST_INDEX + stock:
                yield _group(batch, 1, rng)
        elif batch.suits(plan) and draw < 38:
            wanted = rng.choices((1, 2, 3, 5, 8), (46, 26, 16, 8, 4))[0]
            for _ in range(min(wanted, limit)):
                yield _group(batch, 1, rng)


def _group(batch: Batch, count: int, rng: Random) -> CouponPlan:
    """Usable, held, used, past its end, or taken back."""
    days = batch.delivery.valid_days_from_claim or 30
    fate = rng.randrange(100)
    if fate < 45:
        return CouponPlan(batch=batch.code, count=count, ends_in_days=rng.randint(1, days))
    if fate < 47:
        return CouponPlan(
            batch=batch.code,
            count=count,
            ends_in_days=rng.randint(1, days),
            status=CouponStatus.RESERVED,
        )
    past = -rng.randint(1, 120)
    if fate < 72:
        status = CouponStatus.REDEEMED
    elif fate < 96:
        status = rng.choice((CouponStatus.USABLE, CouponStatus.EXPIRED))
    else:
        status = CouponStatus.REVOKED
    return CouponPlan(batch=batch.code, count=count, ends_in_days=past, status=status)
