"""The terms of an order (订单条款): all that its quote fixed, frozen when it is placed.

They travel inside the signed quote, so that a price is honoured whatever rules change meanwhile;
nothing of a placed order is ever read from the rules again.
"""

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.orders.ledger import Ledger
from app.domain.promotions.benefits.reward import RewardKind
from app.domain.promotions.limits import LimitPer, LimitPeriod
from app.domain.promotions.terms import Lane
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.shared.text import LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedTerm:
    """An applied offer, in the order applied. `discount_fen` > 0, after `cut_fen` was cut off by a
    floor or a minimum; `points` burnt. Of a coupon, `code` is its batch's."""

    code: str
    title: LocalizedText
    lane: Lane
    coupon_id: int | None = None
    discount_fen: int
    cut_fen: int = 0
    points: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageTerm:
    """One use of a promotion, to be counted against one of its limits when the order is placed.

    `fen`: the money it costs. `max_uses`, `max_fen`: the limit, as the quote knew it; at least one
    is given. `subject` None: the limit is per user and the quote was a guest's: whoever places it.
    `start`: the first day of the period that the quote's moment lies in; `resets_at`: when the
    next one begins, None: never, or the promotion has ended by then.
    """

    code: str
    per: LimitPer
    period: LimitPeriod
    start: date
    subject: str | None = None
    fen: int
    max_uses: int | None = None
    max_fen: int | None = None
    resets_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardTerm:
    """What completion earns: exactly one of `points` (> 0), `credit_fen` (> 0), `batch_code`.
    `batch_title` is the granted coupon's.

    `stock_kept`: placement takes the coupon out of its batch's stock (`batch_stock`, as the quote
    knew it; None: unbounded), so that completion finds it; False: an order of before that, whose
    completion looks for one.
    """

    code: str
    title: LocalizedText
    kind: RewardKind
    points: int | None = None
    credit_fen: int | None = None
    batch_code: str | None = None
    batch_title: LocalizedText | None = None
    stock_kept: bool = False
    batch_stock: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTerms:
    """Fuel is line 0 of the ledger. payable = ledger.paid_fen = pump amount + fee - discounts.

    `volume_ml` is truncated (exact litres = pump amount ÷ pump price, or as asked);
    `unit_price_mill` is the headline. `payment_method`: the one that the quote fixed; None: any.
    """

    station_id: int
    station_code: str
    station_name: str
    time_zone: str
    fuel_grade: FuelGrade
    nozzle_no: str | None = None
    pump_price_mill_per_litre: int
    volume_ml: int
    pump_amount_fen: int
    fee_fen: int
    payable_fen: int
    unit_price_mill: int
    rule_version: str
    payment_method: PaymentMethod | None = None
    use_points: bool
    applied: tuple[AppliedTerm, ...]
    ledger: Ledger
    usage: tuple[UsageTerm, ...]
    rewards: tuple[RewardTerm, ...]

    @property
    def discount_fen(self) -> int:
        return sum(offer.discount_fen for offer in self.applied)

    @property
    def coupon_ids(self) -> tuple[int, ...]:
        """Rising."""
        return tuple(sorted(o.coupon_id for o in self.applied if o.coupon_id is not None))

    @property
    def points(self) -> int:
        """Points burnt by all offers together."""
        return sum(offer.points for offer in self.applied)
