"""The engine's answer (报价): every figure of what will be paid, and why."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Protocol

from app.domain.checkout.purchase import Purchase
from app.domain.pricing.fill import FuelMeasure
from app.domain.promotions.benefits.reward import RewardKind
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.reason import Outcome, Reason
from app.domain.shared.payment import PaymentMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedOffer:
    """In the order applied. `discount_fen` > 0, after the cut; `cut_fen` is what a floor or a
    minimum took off it (charged to nobody); `points` burnt by it."""

    candidate: Candidate
    discount_fen: int
    cut_fen: int = 0
    points: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnappliedOffer:
    """`conflicts`: what excludes it (CLASH), in application order."""

    candidate: Candidate
    outcome: Outcome
    reasons: tuple[Reason, ...]
    conflicts: tuple[Candidate, ...] = ()


class UnlockKind(StrEnum):
    BUY_MORE = "BUY_MORE"
    SIGN_IN = "SIGN_IN"
    CLAIM = "CLAIM"
    CHANGE_PAYMENT = "CHANGE_PAYMENT"
    WAIT = "WAIT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlock:
    """The least step that makes a candidate apply, verified by pricing it again.

    `saves_fen` = payable now + what is added - payable then (what the bigger fill would cost
    without the step's saving is compared at the pump price). `waits_until`: of WAIT, the moment
    priced; `payment_method`: of CHANGE_PAYMENT, the method priced.
    """

    kind: UnlockKind
    candidate: Candidate
    payable_then_fen: int
    unit_price_then_mill: int
    saves_fen: int
    add_fen: int | None = None
    add_ml: int | None = None
    waits_until: datetime | None = None
    payment_method: PaymentMethod | None = None


class PriceLineKind(StrEnum):
    PUMP_AMOUNT = "PUMP_AMOUNT"
    UNIT_PRICE = "UNIT_PRICE"
    ACTIVITY = "ACTIVITY"
    COUPON = "COUPON"
    POINTS = "POINTS"
    PAYMENT = "PAYMENT"
    SERVICE_FEE = "SERVICE_FEE"
    NON_FUEL = "NON_FUEL"
    CLAMP = "CLAMP"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """`amount_fen` is signed: discounts are negative. `label`: only where no offer names it."""

    kind: PriceLineKind
    amount_fen: int
    running_total_fen: int
    applied: AppliedOffer | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """`lower_bound_fen` <= payable of every legal combination under the same choice;
    exact: equal to the payable. `nodes`: search nodes expanded (neither signed nor compared).
    `forgone_fen` = payable - payable of the free choice."""

    exact: bool
    nodes: int
    lower_bound_fen: int
    forgone_fen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a station card needs: the figures and the offers that make them.

    payable = pump amount + non-fuel + fee - discount. `unit_price_mill` = half-up of
    (fuel payable + fee) / exact litres to the mill: the headline (到手价).
    """

    purchase: Purchase
    measure: FuelMeasure
    fee_fen: int
    non_fuel_fen: int
    discount_fen: int
    payable_fen: int
    fuel_payable_fen: int
    unit_price_mill: int
    applied: tuple[AppliedOffer, ...]
    certificate: Certificate

    @property
    def litres(self) -> Fraction:
        return Fraction(self.measure.volume_ml, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """A reward of an order: exactly one of `points` (> 0), `credit_fen` (> 0) and `batch`."""

    promotion: Promotion
    kind: RewardKind
    points: int | None = None
    credit_fen: int | None = None
    batch: Promotion | None = None


class Later(Protocol):
    """What a quote answers only when asked, from the decision that it was made with."""

    def unapplied(self, first: int | None = None) -> tuple[UnappliedOffer, ...]: ...
    def unlocks(self) -> tuple[Unlock, ...]: ...
    def payable_if_forced(self, candidate: Candidate) -> int | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A price with its lines, and explanations when they are asked for.

    `expires_at`: no later than the next scheduled change of price or ceiling. `rewards` follow
    completion. `fixes_payment`: an applied offer depends on the payment method."""

    price: Price
    lines: tuple[PriceLine, ...]
    issued_at: datetime
    expires_at: datetime
    fixes_payment: bool
    later: Later = field(repr=False, compare=False)
    rewards: tuple[Earned, ...] = ()

    @property
    def unapplied(self) -> tuple[UnappliedOffer, ...]:
        """Every candidate but those applied, nearest to applying first: explained when asked."""
        return self.later.unapplied()

    def nearest(self, first: int) -> tuple[UnappliedOffer, ...]:
        """At most `first` of `unapplied`; what lies further is not explained."""
        return self.later.unapplied(first)

    @property
    def unlocks(self) -> tuple[Unlock, ...]:
        """Steps that would save more, most saved first: priced when first asked."""
        return self.later.unlocks()

    def payable_if_forced(self, candidate: Candidate) -> int | None:
        """In fen, with `candidate` forced in; None: it cannot be."""
        return self.later.payable_if_forced(candidate)
