"""Demo data: what a seed holds, who makes it, who keeps it. All of it is marked as generated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from app.domain.loyalty.balance import Balance
from app.domain.orders.order import Order
from app.domain.orders.refund_request import OrderRefund
from app.domain.profiles.member import Member
from app.domain.promotions.promotion import Promotion
from app.domain.shared.fuel import FuelGrade
from app.domain.stations.station import Label, PricePoint, Region, Station, StationDetails
from app.domain.wallet.coupon import Coupon


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedRecipe:
    """The same recipe and moment make the same rows, on any machine. `stations` and `members`
    are how many, each at least 1; `seed` starts the pseudo-random numbers."""

    stations: int = 2_000
    members: int = 5_000
    seed: int = 20260422


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedZone:
    """A price zone with its ceilings by grade. `code` is "province_code:zone"."""

    code: str
    province_code: str
    zone: str
    province_name: str
    name: str
    ceilings: Mapping[FuelGrade, PricePoint]
    source_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedStation:
    station: Station
    zone_code: str
    details: StationDetails


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedMember:
    member: Member
    joined_at: datetime
    points: Balance
    fuel_credit: Balance = field(default_factory=Balance)
    favourites: tuple[int, ...] = ()
    orders: tuple[Order, ...] = ()
    refunds: tuple[OrderRefund, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    share_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedContents:
    """`fingerprint` names recipe, facts and promotions, not the moment."""

    fingerprint: str
    moment: datetime
    brands: Sequence[Label]
    amenities: Sequence[Label]
    regions: Sequence[Region]
    zones: Sequence[SeedZone]
    stations: Sequence[SeedStation]
    promotions: Sequence[Promotion]
    members: Sequence[SeedMember]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedStanding:
    """What a database holds before seeding. `fingerprint` None: never seeded. `foreign_members`:
    those that no seed made."""

    fingerprint: str | None
    seeded_at: datetime | None
    foreign_members: int


SeedProgress = Callable[[str, int, int], None]
"""Told the kind of row, how many of it are done, and how many there are."""


class DemoSource(Protocol):
    """Makes demo data. Blocking: a few seconds at full size."""

    def fingerprint(self, recipe: SeedRecipe) -> str:
        """Changes with the recipe, the facts, the promotions and the way of making."""
        ...

    def make(self, recipe: SeedRecipe, moment: datetime, progress: SeedProgress) -> SeedContents:
        """Everything, with dates counted from `moment` (aware)."""
        ...


class SeedStore(Protocol):
    """Keeps demo data. When the database is down each raises `StorageUnavailable`."""

    async def standing(self) -> SeedStanding: ...

    async def replace(self, contents: SeedContents, progress: SeedProgress) -> Mapping[str, int]:
        """In one transaction: removes what an earlier seed generated, writes `contents`, raises
        the catalog version; announces it after the commit. Rows of others stay as they are.
        Answers rows written, by kind."""
        ...
