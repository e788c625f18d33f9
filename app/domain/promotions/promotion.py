"""A promotion (优惠活动): what an operator writes and publishes. Immutable, plain data.

A coupon batch (券批次) is a promotion whose `delivery` says that it reaches a viewer only as a
coupon in the wallet. Field names are the words of promotion documents (YAML or JSON).
"""

from dataclasses import dataclass, field
from datetime import datetime

from app.domain.promotions.benefits import Benefit
from app.domain.promotions.conditions import Condition
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.limits import Limit, LimitPer
from app.domain.promotions.refusals import refuse_not_above_zero
from app.domain.promotions.terms import Base, Funding, Lane, LineKind
from app.domain.shared.senseless import SenselessValue
from app.domain.shared.text import LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """[starts_at, ends_at), aware instants; None: open. In documents a bare date is allowed:
    as a start its first instant, as an end its last, in `time_zone` (design §2, Time)."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    time_zone: str = "Asia/Shanghai"

    def covers(self, moment: datetime) -> bool:
        after_start = self.starts_at is None or moment >= self.starts_at
        return after_start and (self.ends_at is None or moment < self.ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponDelivery:
    """How a batch's coupons are had and how long they hold.

    `claimable`: any signed-in viewer may claim one by tap; else they are only issued or redeemed
    by code. Exactly one of `valid_days_from_claim` and the promotion's own end bounds a coupon.
    """

    claimable: bool = False
    valid_days_from_claim: int | None = None
    per_user: int = 1
    stock: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """`code` is unique over promotions and batches. `sequence` orders inside a lane.

    `stacks_with` holds codes and ``tag:x`` names. `exclusive`: alone in the whole order.
    `scope`: the lines that bases and thresholds see. `cap_fen` cuts the discount.
    `paused` keeps it visible to explanations but never applied.
    `limits` count uses and money by user, device, person, station or in total; `budget_fen` is
    the money that all uses together may cost. A coupon batch is budgeted at issue, by its
    `delivery.stock`: it takes no limit in total and no budget.
    """

    code: str
    title: LocalizedText
    lane: Lane
    benefit: Benefit
    conditions: tuple[Condition, ...] = ()
    validity: Validity = field(default_factory=Validity)
    delivery: CouponDelivery | None = None
    scope: frozenset[LineKind] = frozenset({LineKind.FUEL})
    sequence: int = 100
    tags: frozenset[str] = frozenset()
    stacks_with: frozenset[str] = frozenset()
    exclusive: bool = False
    exclusivity_group: str | None = None
    refuses_lanes: frozenset[Lane] = frozenset()
    cap_fen: int | None = None
    refuse_partial: bool = False
    threshold_base: Base = Base.PUMP
    percent_base: Base = Base.RUNNING
    funding: Funding = field(default_factory=Funding)
    paused: bool = False
    limits: tuple[Limit, ...] = ()
    budget_fen: int | None = None

    def __post_init__(self) -> None:
        """SenselessValue for terms that contradict each other."""
        if not self.code.strip():
            raise SenselessValue("活动代码不能为空", "a promotion needs a code")
        if not self.scope or LineKind.SERVICE_FEE in self.scope:
            raise SenselessValue(
                "scope 须为 FUEL、NON_FUEL 或两者，服务费不参与优惠",
                "scope takes FUEL, NON_FUEL or both: no discount touches the service fee",
            )
        if self.cap_fen is not None:
            refuse_not_above_zero(self.cap_fen, "cap_fen")
        if self.benefit.burns_points is not (self.lane is Lane.POINTS):
            raise SenselessValue(
                "积分抵扣须放在 POINTS 层，其他优惠不能放在该层",
                "points redemptions, and nothing else, belong to the lane POINTS",
            )
        if self.delivery is not None and self.lane is not Lane.COUPON:
            raise SenselessValue(
                "券批次须放在 COUPON 层", "a coupon batch belongs to the lane COUPON"
            )
        self._refuse_wrong_lane()
        self.benefit.refuse_scope(self.scope)
        self._refuse_senseless_limits()

    def _refuse_wrong_lane(self) -> None:
        home = self.benefit.home
        if home is not None and self.lane is not home:
            raise SenselessValue(
                f"{self.benefit.kind} 须放在 {home} 层",
                f"{self.benefit.kind} belongs to the lane {home}",
            )
        if self.benefit.coupon_only and self.delivery is None:
            raise SenselessValue(
                "兑换以券发放：请写 delivery",
                "an exchange reaches viewers as a coupon: give delivery",
            )
        by_method = any(condition.kind == "PAYMENT_METHOD" for condition in self.conditions)
        if self.benefit.by_method and not by_method:
            raise SenselessValue(
                "支付优惠须有 PAYMENT_METHOD 条件，写明支付方式",
                "a payment offer needs a PAYMENT_METHOD condition that names the methods",
            )

    def _refuse_senseless_limits(self) -> None:
        if self.budget_fen is not None:
            refuse_not_above_zero(self.budget_fen, "budget_fen")
        in_money = any(limit.max_fen is not None for limit in self.all_limits)
        if in_money and not self.benefit.counts_money:
            raise SenselessValue(
                "积分和券奖励不能按金额限制：请改用 max_uses",
                "points and coupons are not limited in money: use max_uses",
            )
        if self.delivery is None or not self.is_limited:
            return
        if any(limit.per is LimitPer.TOTAL for limit in self.all_limits):
            raise SenselessValue(
                "券批次在发放时计入预算：请用 delivery.stock，不写 budget_fen 和 TOTAL 限制",
                "a batch is budgeted at issue: use delivery.stock, not budget_fen or a TOTAL limit",
            )
        names = {self.code, *(f"tag:{tag}" for tag in self.tags)}
        if names & self.stacks_with:
            raise SenselessValue(
                "有限制的券批次不能与自身叠加：请删去 limits，或从 stacks_with 删去自己",
                "a batch with limits must not stack with itself: drop one of the two",
            )

    @property
    def is_reward(self) -> bool:
        return self.benefit.rewards

    @property
    def is_limited(self) -> bool:
        return bool(self.limits) or self.budget_fen is not None

    @property
    def all_limits(self) -> tuple[Limit, ...]:
        """Its limits, and its budget as one more."""
        if self.budget_fen is None:
            return self.limits
        return (*self.limits, Limit(per=LimitPer.TOTAL, max_fen=self.budget_fen))

    @property
    def running_threshold_fen(self) -> int:
        """The scoped running amount it needs just before it applies; 0: none."""
        if self.threshold_base is Base.PUMP:
            return 0
        least = (c.min_fen for c in self.conditions if isinstance(c, ThresholdAmount))
        return max(least, default=0)

    @property
    def needs_payment_method(self) -> bool:
        """It holds for some payment methods only, so a quote that applies it fixes the method."""
        return self.lane is Lane.PAYMENT or any(c.kind == "PAYMENT_METHOD" for c in self.conditions)
