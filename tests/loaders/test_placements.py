"""Promotions by station: those that can ever apply there, in the rule book's order, per version."""

from app.domain.checkout.catalog import Catalog
from app.domain.promotions.conditions.station import AtStation
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.rulebook import RuleBook
from app.domain.shared.fuel import FuelGrade
from app.domain.stations.directory import StationDirectory
from app.domain.stations.station import PriceHistory, PricePoint, Station, StationProduct
from app.loaders.public.promotions_by_station import Placements, PromotionsByStationLoader
from tests.support.promotions import amount_off
from tests.support.rows import NOON

PRICE = PriceHistory((PricePoint(NOON, 8_000),))
PETROL = FuelGrade.GASOLINE_92


def station(number: int) -> Station:
    return Station(
        id=number,
        code=f"test:{number}",
        name="站",
        brand_code="b",
        region_code="110101",
        address="",
        latitude_e7=0,
        longitude_e7=number,
        time_zone="Asia/Shanghai",
        products={
            PETROL: StationProduct(
                station_id=number, fuel_grade=PETROL, nozzles=(), pump_price=PRICE
            )
        },
    )


def catalog(version: int, *promotions: Promotion) -> Catalog:
    return Catalog(
        version=version,
        stations=StationDirectory.of([station(1), station(2)]),
        rules=RuleBook.of(str(version), promotions),
        brands={},
        amenities={},
        regions={},
    )


def only_at(code: str, number: int) -> Promotion:
    return amount_off(code, 100, AtStation(stations=frozenset({f"test:{number}"})))


async def codes(loader: PromotionsByStationLoader, station_id: int) -> list[str]:
    return [promotion.code for promotion in await loader.load(station_id)]


async def test_each_station_has_its_own():
    everywhere = amount_off("EVERYWHERE")
    rules = catalog(1, only_at("TWO", 2), everywhere, only_at("ONE", 1))
    loader = PromotionsByStationLoader(rules, Placements())
    assert await codes(loader, 1) == ["EVERYWHERE", "ONE"]
    assert await codes(loader, 2) == ["TWO", "EVERYWHERE"]
    assert await codes(loader, 3) == []


async def test_requests_of_two_versions_keep_their_own():
    """Interleaved, with one memory for both."""
    placements = Placements()
    old, new = catalog(1, amount_off("A"), only_at("B", 1)), catalog(2, amount_off("C"))
    for _ in range(3):
        first = PromotionsByStationLoader(old, placements)
        second = PromotionsByStationLoader(new, placements)
        assert await codes(first, 1) == ["A", "B"]
        assert await codes(second, 1) == ["C"]
        assert await codes(first, 2) == ["A"]
        assert await codes(second, 2) == ["C"]


def test_an_answer_is_found_out_once():
    placements, rules = Placements(), catalog(1, amount_off("A"))
    assert placements.at(rules, 1) is placements.at(rules, 1)
