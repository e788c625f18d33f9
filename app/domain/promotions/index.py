"""All promotions of one version by dimension: viewer, place, grade, time, fill, payment.

Built once, when a version is read; a price then touches only promotions that can apply. What an
index cannot say is left to the conditions themselves (`remaining`): a kind unknown here, a second
condition of one kind. So a new kind of condition is judged straight: slower, and as right.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from app.domain.profiles.member import MemberTier
from app.domain.promotions.candidate import Candidate
from app.domain.promotions.conditions import Condition
from app.domain.promotions.conditions.brand import OfBrand
from app.domain.promotions.conditions.channel import InChannel
from app.domain.promotions.conditions.first_order import IsFirstOrder
from app.domain.promotions.conditions.fuel_grade import OfFuelGrade
from app.domain.promotions.conditions.member_tier import OfMemberTier
from app.domain.promotions.conditions.payment_method import ByPaymentMethod
from app.domain.promotions.conditions.region import InRegion
from app.domain.promotions.conditions.schedule import Schedule
from app.domain.promotions.conditions.segment import InSegment
from app.domain.promotions.conditions.station import AtStation
from app.domain.promotions.conditions.station_tag import WithTag
from app.domain.promotions.conditions.threshold_amount import ThresholdAmount
from app.domain.promotions.conditions.threshold_litres import ThresholdLitres
from app.domain.promotions.dimension import Dimension, Spans, bit_set, common_to, dimension_of
from app.domain.promotions.instants import instant, validities_of
from app.domain.promotions.order import application_key
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.recurrence import Recurrence
from app.domain.promotions.shopper import Shopper
from app.domain.promotions.taken_conditions import TakenConditions
from app.domain.shared.channel import Channel
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.payment import PaymentMethod
from app.domain.stations.places import region_prefix
from app.domain.stations.station import Station

PLACES_REMEMBERED = 4_096
C = TypeVar("C")
V = TypeVar("V", bound=Hashable)
_PlaceKey = tuple[str, str, str, frozenset[str], FuelGrade]


@dataclass(frozen=True, slots=True, eq=False)
class RuleIndex:
    """`promotions` in application order (coupons follow their batch): a bit set's bit i stands for
    the i-th. `remaining`: by place in order, the conditions that the bit sets do not judge."""

    promotions: Sequence[Promotion]
    place_of: dict[str, int]
    remaining: dict[int, tuple[Condition, ...]]
    automatic: int
    claimable: int
    burning_points: int
    running: int
    first_order: Dimension[bool]
    segments: Dimension[str]
    tiers: Dimension[MemberTier]
    channels: Dimension[Channel]
    methods: Dimension[PaymentMethod]
    stations: Dimension[str]
    brands: Dimension[str]
    regions: Dimension[str]
    tags: Dimension[str]
    grades: Dimension[FuelGrade]
    in_force: Spans
    begun: Spans
    amounts: Spans
    litres: Spans
    recurrence: Recurrence
    _places: dict[_PlaceKey, int] = field(default_factory=dict[_PlaceKey, int])

    @classmethod
    def of(cls, promotions: Iterable[Promotion]) -> "RuleIndex":
        ordered = sorted(promotions, key=lambda promotion: application_key(Candidate(promotion)))
        size, taken = len(ordered), TakenConditions(ordered)
        all_places = range(size)
        region_conditions, validities = taken.by_place(InRegion), validities_of(ordered)
        return cls(
            promotions=ordered,
            place_of={promotion.code: place for place, promotion in enumerate(ordered)},
            automatic=bit_set((i for i in all_places if _is_automatic(ordered[i])), size),
            claimable=bit_set((i for i in all_places if _is_claimable(ordered[i])), size),
            burning_points=bit_set((i for i in all_places if _burns_points(ordered[i])), size),
            running=bit_set((i for i in all_places if not ordered[i].paused), size),
            first_order=dimension_of(dict.fromkeys(taken.by_place(IsFirstOrder), (True,)), size),
            segments=dimension_of(_values(taken, InSegment, lambda c: c.segments), size),
            tiers=dimension_of(_values(taken, OfMemberTier, lambda c: (c.at_least,)), size),
            channels=dimension_of(_values(taken, InChannel, lambda c: c.channels), size),
            methods=dimension_of(_values(taken, ByPaymentMethod, lambda c: c.methods), size),
            stations=dimension_of(_values(taken, AtStation, lambda c: c.stations), size),
            brands=dimension_of(_values(taken, OfBrand, lambda c: c.brands), size),
            regions=dimension_of(
                {i: {region_prefix(r) for r in c.regions} for i, c in region_conditions.items()},
                size,
            ),
            tags=dimension_of(_values(taken, WithTag, lambda c: c.tags), size),
            grades=dimension_of(_values(taken, OfFuelGrade, lambda c: c.fuel_grades), size),
            in_force=Spans.of(validities, size),
            begun=Spans.of({i: [(s, None)] for i, ((s, _),) in validities.items()}, size),
            amounts=Spans.of(
                {i: [(c.min_fen, None)] for i, c in taken.by_place(ThresholdAmount).items()}, size
            ),
            litres=Spans.of(
                {i: [(c.min_ml, None)] for i, c in taken.by_place(ThresholdLitres).items()}, size
            ),
            recurrence=Recurrence.of(taken.by_place(Schedule), size),
            remaining=taken.remaining(),
        )

    def for_viewer(
        self, shopper: Shopper, method: PaymentMethod | None, moment: datetime, held: Iterable[str]
    ) -> int:
        """Those that this viewer could use now somewhere: automatic ones in force, and the batches
        `held`, whose coupons have windows of their own."""
        batches = bit_set((self.place_of[c] for c in held if c in self.place_of), len(self))
        found = self.automatic & self.in_force_at(moment)
        found = (found | batches) & self.running & self.channels_of(shopper)
        return common_to(found, self.methods_of(method), *self.viewer_sets(shopper))

    def at_place(self, station: Station, grade: FuelGrade) -> int:
        """Those that take this station and grade; remembered."""
        key = (station.code, station.brand_code, station.region_code, station.tags, grade)
        found = self._places.get(key)
        if found is None:
            found = common_to(*self.place_sets(station, grade))
            if len(self._places) >= PLACES_REMEMBERED:
                self._places.clear()
            self._places[key] = found
        return found

    def place_sets(self, station: Station, grade: FuelGrade) -> tuple[int, ...]:
        """Those that take the station, its brand, region and tags, and the grade, one by one."""
        region = station.region_code
        within = (region[:length] for length in range(len(region) + 1))
        return (
            self.stations.at(station.code),
            self.brands.at(station.brand_code),
            self.regions.at(*within),
            self.tags.at(*station.tags),
            self.grades.at(grade),
        )

    def viewer_sets(self, shopper: Shopper) -> tuple[int, int, int]:
        """Those that take the viewer's first order, tier and segments, one by one. A guest has
        none of them."""
        if shopper.is_guest:
            return self.first_order.others, self.tiers.others, self.segments.others
        reached = (tier for tier in MemberTier if tier.rank <= shopper.tier.rank)
        return (
            self.first_order.at(shopper.first_order),
            self.tiers.at(*reached),
            self.segments.at(*shopper.segments),
        )

    def channels_of(self, shopper: Shopper) -> int:
        return self.channels.at(*(() if shopper.channel is None else (shopper.channel,)))

    def methods_of(self, method: PaymentMethod | None) -> int:
        return self.methods.at(*(() if method is None else (method,)))

    def in_force_at(self, moment: datetime) -> int:
        return self.in_force.at(instant(moment))

    def begun_at(self, moment: datetime) -> int:
        """Those that have begun, ended ones too."""
        return self.begun.at(instant(moment))

    def __len__(self) -> int:
        return len(self.promotions)


def _is_automatic(promotion: Promotion) -> bool:
    return promotion.delivery is None and not promotion.is_reward


def _is_claimable(promotion: Promotion) -> bool:
    return promotion.delivery is not None and promotion.delivery.claimable


def _burns_points(promotion: Promotion) -> bool:
    return promotion.benefit.burns_points


def _values(
    taken: TakenConditions, kind: type[C], values: Callable[[C], Iterable[V]]
) -> dict[int, Iterable[V]]:
    return {place: values(condition) for place, condition in taken.by_place(kind).items()}
