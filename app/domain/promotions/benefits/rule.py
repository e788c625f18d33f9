"""What every benefit answers, and what it is asked about. One subclass a kind."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from app.domain.profiles.member import MemberTier
from app.domain.promotions.reason import Reason
from app.domain.promotions.terms import Base, Lane, LineKind
from app.domain.shared.money import Ratio
from app.domain.shared.senseless import SenselessValue
from app.domain.stations.station import Demand, Remoteness


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The facts a benefit may measure, of the lines in its promotion's scope, before discounts.

    `pump_fen` and `volume_ml` (exact) are the scoped lines'; `fill_ml` (exact) is the whole
    fill, which dynamic volume factors look at. `points`: the balance that may be burnt.
    `tier`: the member's; None: a guest.
    `percent_base` and `threshold_base` say what percentages and amount tiers look at.
    """

    pump_fen: int
    volume_ml: Ratio
    fill_ml: Ratio
    demand: Demand
    remoteness: Remoteness
    points: int = 0
    tier: MemberTier | None = None
    percent_base: Base = Base.RUNNING
    threshold_base: Base = Base.PUMP

    def percent_base_fen(self, running_fen: int) -> int:
        """What a percentage is taken of (design §2, Bases)."""
        return self.pump_fen if self.percent_base is Base.PUMP else running_fen

    def measure_fen(self, running_fen: int) -> int:
        """What tiers by amount are reached with (design §2, Bases)."""
        return self.pump_fen if self.threshold_base is Base.PUMP else running_fen


class BenefitRule(ABC):
    """A benefit's arithmetic. `running_fen` is the scoped amount just before this benefit."""

    __slots__ = ()

    burns_points: ClassVar[bool] = False
    """It is a points redemption: an order takes at most one."""
    rewards: ClassVar[bool] = False
    """It is a reward: it follows completion, takes nothing off and is no candidate."""
    home: ClassVar[Lane | None] = None
    """The one lane that it belongs to; None: any but POINTS. A reward competes in none: its lane
    only tells where offer lists show it."""
    coupon_only: ClassVar[bool] = False
    """It reaches a viewer as a coupon only."""
    by_method: ClassVar[bool] = False
    """It is for some payment methods only: its promotion names them."""
    fuel_only: ClassVar[bool] = False
    """Its worth makes sense on the fuel line alone."""

    @abstractmethod
    def worth(self, basis: Basis, running_fen: int) -> Ratio:
        """The exact worth in fen, >= 0, before rounding, cap, limits and headroom."""

    def most(self, basis: Basis, running_fen: int) -> Ratio:
        """At least its worth at every running amount up to `running_fen`.

        It never falls as `running_fen` rises, and never rises faster: the search's bound rests
        on both. Benefits whose worth already behaves so need not override it.
        """
        return self.worth(basis, running_fen)

    def shortfalls(self, basis: Basis) -> tuple[Reason, ...]:
        """Why it is worth nothing before any discount, with the gap; empty: no cause of its own."""
        return ()

    @property
    def counts_money(self) -> bool:
        """What it costs is money, so that money can limit it."""
        return True

    @property
    def step_fen(self) -> int | None:
        """The discount comes in whole multiples of this; None: any amount."""
        return None

    def points_burnt(self, discount_fen: int) -> int:
        """The points that a discount of `discount_fen` costs."""
        return 0

    def refuse_scope(self, scope: frozenset[LineKind]) -> None:
        """SenselessValue where the benefit makes no sense on these lines."""
        if self.fuel_only and scope != frozenset({LineKind.FUEL}):
            raise SenselessValue(
                "这种优惠方式的 scope 只能是 FUEL", "this benefit takes the scope FUEL alone"
            )
