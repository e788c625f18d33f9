"""Pump prices of a demo station: never above the ceiling, each brand and place at its own level."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from app.domain.shared.fuel import FuelGrade
from app.domain.stations.station import PriceHistory, PricePoint, Remoteness
from app.integrations.demo_seed.facts import CHINA, Brand
from app.integrations.demo_seed.sites import Site
from app.ports.seeding import SeedZone

STEP_MILL = 10
"""Pumps show whole fen per litre."""

FLOOR_PERCENT = 90
OUT_OF_TOWN_MILL = {
    Remoteness.URBAN: (0, 60),
    Remoteness.SUBURBAN: (30, 160),
    Remoteness.REMOTE: (60, 220),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pricing:
    """`below_mill`: how far under the official price this station sells now. `dates`: when its
    last two prices came, and when the next one comes, if one is announced; `moves_mill` tells how
    much lower each was or will be."""

    zone: SeedZone
    premium_98_mill: int
    below_mill: int
    dates: tuple[datetime, ...]
    moves_mill: tuple[int, ...]

    def history(self, grade: FuelGrade) -> tuple[PriceHistory, PriceHistory | None]:
        """Pump price and ceiling of a grade; no official price is known of 98# and of winter
        diesel, which the notices leave out."""
        ceiling = self.zone.ceilings.get(grade)
        base = self._reference_mill(grade) - self.below_mill
        highest = ceiling.price_mill_per_litre if ceiling else None
        points = tuple(
            PricePoint(date, _rounded(base - move, highest))
            for date, move in zip(self.dates, self.moves_mill, strict=True)
        )
        return PriceHistory(points), PriceHistory((ceiling,)) if ceiling else None

    def floor_mill(self, grade: FuelGrade) -> int:
        lowest = min(point.price_mill_per_litre for point in self.history(grade)[0].points)
        return _rounded(lowest * FLOOR_PERCENT // 100, None)

    def _reference_mill(self, grade: FuelGrade) -> int:
        ceilings = self.zone.ceilings
        if grade in ceilings:
            return ceilings[grade].price_mill_per_litre
        if grade is FuelGrade.GASOLINE_98:
            return ceilings[FuelGrade.GASOLINE_95].price_mill_per_litre + self.premium_98_mill
        if grade is FuelGrade.GASOLINE_89:
            return ceilings[FuelGrade.GASOLINE_92].price_mill_per_litre * 93 // 100
        # Winter diesel: the notices price -10# at 1.06 times 0#.
        return ceilings[FuelGrade.DIESEL_0].price_mill_per_litre * 106 // 100


def make_pricing(
    zone: SeedZone, brand: Brand, site: Site, tags: frozenset[str], moment: datetime, rng: Random
) -> Pricing:
    below = rng.randint(brand.below_ceiling_min_mill, brand.below_ceiling_max_mill)
    below += rng.randint(*OUT_OF_TOWN_MILL[site.remoteness])
    earlier = _midnight(moment) - timedelta(days=rng.randint(20, 45))
    latest = _midnight(moment) - timedelta(days=rng.randint(0, 14))
    coming = _midnight(moment) + timedelta(days=rng.randint(1, 6))
    announced = rng.randrange(100) < 5
    moves = (rng.randint(-120, 120), 0, rng.choice((-90, -60, 80, 120)))
    kept = 3 if announced else 2
    return Pricing(
        zone=zone,
        premium_98_mill=rng.randint(900, 1_400),
        below_mill=0 if "highway" in tags else below,
        dates=(earlier, latest, coming)[:kept],
        moves_mill=moves[:kept],
    )


def _midnight(moment: datetime) -> datetime:
    """The beginning of the local day: prices change at midnight."""
    return datetime.combine(moment.astimezone(CHINA).date(), time(), CHINA)


def _rounded(price_mill: int, highest_mill: int | None) -> int:
    down = price_mill // STEP_MILL * STEP_MILL
    return down if highest_mill is None else min(down, highest_mill // STEP_MILL * STEP_MILL)
