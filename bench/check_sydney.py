"""Real stations, end to end: import them, ask the API around Sydney, compare with brute force.

Starts a PostgreSQL and a Valkey of its own in a temporary folder, imports the file twice, and asks
`stations` through the HTTP application for every page, by price and by distance. What it expects is
computed from the file in this module alone, with nothing of the application.

    python -m bench.check_sydney fuelcheck_nsw_stations_prices.csv

Exit code 1: the application and the brute force differ, or the second import changed something.
"""

import argparse
import asyncio
import csv
import json
import math
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from app.integrations.local_servers import local_servers
from app.integrations.station_files import MappedStationFile, StationMapping, load_mapping
from app.main import create_app
from app.resolvers.import_stations import ImportReport, import_stations
from app.settings import Settings
from app.storage.engine import make_engine
from app.storage.migrate import upgrade
from app.storage.station_intake import PostgresStationIntake

LATITUDE, LONGITUDE, RADIUS_M = -33.87, 151.21, 10_000
MAPPED = {"U91": "GASOLINE_92", "P95": "GASOLINE_95", "P98": "GASOLINE_98", "DSL": "DIESEL_0"}
PAGE = 40

QUERY = """
query Sydney($sort: StationSort!, $first: Int!, $after: String) {
  stations(
    near: {latitude: -33.87, longitude: 151.21, datum: WGS84}
    radiusMeters: 10000, fuelGrade: GASOLINE_92, fill: {pumpAmountFen: 20000}
    sort: $sort, first: $first, after: $after
  ) {
    edges {
      distanceMeters
      node {
        name
        location(datum: WGS84) { latitude longitude }
        product(fuelGrade: GASOLINE_92) {
          pumpPrice { perLitre }
          effectivePrice(fill: {pumpAmountFen: 20000}) { unitPrice { perLitre } payable { fen } }
        }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""

Place = tuple[float, float]
Execute = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Expected:
    """A station as the file tells it. `mill`: the price of 92#, None where it is not sold."""

    source_id: str
    place: Place
    name: str
    metres: float
    mill: int | None

    @property
    def distance_m(self) -> int:
        return math.floor(self.metres + 0.5)

    @property
    def price(self) -> str | None:
        return None if self.mill is None else f"{self.mill // 1000}.{self.mill % 1000:03}"

    def is_told_by(self, card: "Card") -> bool:
        """The API keeps 1e-7 degree, about a centimetre: within that, place and distance agree.
        A guest has no offers here, so the price to pay is the pump price."""
        return (
            card.name == self.name
            and all(abs(a - b) < 1.01e-7 for a, b in zip(card.place, self.place, strict=True))
            and abs(card.distance_m - self.metres) < 0.52
            and card.pump == card.effective == self.price
            and card.payable_fen == (None if self.price is None else 20_000)
        )


@dataclass(frozen=True, slots=True)
class Card:
    """A station as the API tells it."""

    place: Place
    name: str
    distance_m: int
    pump: str | None
    effective: str | None
    payable_fen: int | None


def brute_force(path: Path) -> list[Expected]:
    """Stations within the circle, by distance, then id: one row a place, the newest, and only
    those that sell a mapped grade."""
    newest: dict[tuple[str, str], dict[str, str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not MAPPED.keys() & json.loads(row["all_prices_json"]).keys():
                continue
            point = (row["latitude"], row["longitude"])
            rival = newest.get(point)
            if rival is None or _age(rival) < _age(row):
                newest[point] = row
    near = [e for e in map(_expected, newest.values()) if e.metres <= RADIUS_M]
    return sorted(near, key=lambda e: (e.distance_m, e.source_id))


def _age(row: dict[str, str]) -> tuple[datetime, str]:
    return datetime.fromisoformat(row["updated_at"]), row["station_id"]


def _expected(row: dict[str, str]) -> Expected:
    place = float(row["latitude"]), float(row["longitude"])
    price = json.loads(row["all_prices_json"]).get("U91")
    name = " ".join(row["name"].split())
    return Expected(row["station_id"], place, name, haversine_m(*place), price)


def haversine_m(latitude: float, longitude: float) -> float:
    """Great-circle metres from the centre, on a sphere of 6,371,008.8 m."""
    phi, phi_centre = math.radians(latitude), math.radians(LATITUDE)
    half = math.radians(longitude - LONGITUDE) / 2
    square = math.sin((phi - phi_centre) / 2) ** 2
    square += math.cos(phi) * math.cos(phi_centre) * math.sin(half) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(square))


def by_price(expected: list[Expected]) -> list[Expected]:
    """Cheapest 92# first, then by distance; those that do not sell it come last, by distance."""
    unsold = 10**9
    return sorted(
        expected,
        key=lambda e: (unsold if e.mill is None else e.mill, e.distance_m, e.source_id),
    )


def all_pages(execute: Execute, sort: str) -> list[Card]:
    cards: list[Card] = []
    after: str | None = None
    while True:
        answer = execute({"sort": sort, "first": PAGE, "after": after})
        if answer.get("errors"):
            raise SystemExit(f"GraphQL errors: {answer['errors']}")
        page = answer["data"]["stations"]
        cards += [_card(edge) for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return cards
        after = page["pageInfo"]["endCursor"]


def _card(edge: dict[str, Any]) -> Card:
    node, product = edge["node"], edge["node"]["product"]
    price = product["effectivePrice"] if product else None
    return Card(
        place=(node["location"]["latitude"], node["location"]["longitude"]),
        name=node["name"],
        distance_m=edge["distanceMeters"],
        pump=product["pumpPrice"]["perLitre"] if product else None,
        effective=price["unitPrice"]["perLitre"] if price else None,
        payable_fen=price["payable"]["fen"] if price else None,
    )


def differences(expected: list[Expected], cards: list[Card]) -> list[str]:
    """Every place where the answer is not what the file says, in words."""
    found: list[str] = []
    if len(cards) != len(expected):
        found.append(f"{len(cards)} stations, {len(expected)} expected")
    found += [
        f"{number}: {card}, expected {wanted}"
        for number, (wanted, card) in enumerate(zip(expected, cards, strict=False), start=1)
        if not wanted.is_told_by(card)
    ]
    return found


@contextmanager
def throw_away_database() -> Iterator[tuple[str, str, Path]]:
    """Database URL, Redis URL and folder of servers that vanish with the block."""
    with (
        tempfile.TemporaryDirectory(prefix="youhui-sydney-") as folder,
        local_servers(Path(folder) / "servers", durable=False) as servers,
    ):
        upgrade(servers.database_url)
        yield servers.database_url, servers.redis_url, Path(folder)


async def take(path: Path, database_url: str) -> ImportReport:
    mapping = load_mapping("fuelcheck-nsw", "stations")
    if not isinstance(mapping, StationMapping):
        raise TypeError("not a mapping of stations")
    engine = make_engine(database_url, pool_size=1, statement_timeout_ms=0)
    try:
        intake = PostgresStationIntake(engine)
        file = MappedStationFile(path, mapping)
        return await import_stations(file, intake, moment=datetime.now(UTC))
    finally:
        await engine.dispose()


def timed_import(path: Path, database_url: str) -> ImportReport:
    before_mb = peak_mb()
    start = time.perf_counter()
    report = asyncio.run(take(path, database_url))
    seconds = time.perf_counter() - start
    count = report.count
    if count is None:
        raise AssertionError("an import that is not strict always writes")
    print(f"  接受 accepted {report.accepted}: 新 new {count.new}, 改 changed {count.changed},"
          f" 不变 unchanged {count.unchanged}")  # fmt: skip
    for fault, number in sorted(report.rejected_by_reason.items()):
        print(f"  被拒 rejected {fault}: {number}")
    after_mb = peak_mb()
    print(f"  {seconds:.2f} s, 内存峰值 peak memory {after_mb:.0f} MB"
          f" (导入之前 before the import {before_mb:.0f} MB)")  # fmt: skip
    return report


def peak_mb() -> float:
    """The most memory that this process has held so far, all libraries included."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def compare(path: Path, execute: Execute) -> list[str]:
    """Both orders against brute force; what differs, in words."""
    near = brute_force(path)
    selling = [e for e in by_price(near) if e.mill is not None]
    cheapest, nearest = selling[0], near[0]
    print(f"  圈内 in the circle: {len(near)}, 卖92# selling 92#: {len(selling)}")
    print(f"  最便宜 cheapest {cheapest.source_id} {cheapest.mill} mill/L,"
          f" 最近 nearest {nearest.source_id} {nearest.distance_m} m")  # fmt: skip
    found: list[str] = []
    for sort, expected in (("DISTANCE", near), ("EFFECTIVE_PRICE", by_price(near))):
        wrong = differences(expected, all_pages(execute, sort))
        print(f"  {sort}: {'一致 equal' if not wrong else f'{len(wrong)} 处不同 differences'}")
        found += [f"{sort} {line}" for line in wrong]
    return found


@contextmanager
def served(settings: Settings) -> Iterator[Execute]:
    """The HTTP application over the imported stations."""
    with TestClient(create_app(settings)) as client:

        def execute(variables: dict[str, Any]) -> dict[str, Any]:
            response = client.post("/graphql", json={"query": QUERY, "variables": variables})
            answer: dict[str, Any] = response.json()
            return answer

        yield execute


def main() -> int:
    parser = argparse.ArgumentParser(description="Import real stations and compare.")
    parser.add_argument("file", type=Path, help="fuelcheck_nsw_stations_prices.csv")
    path: Path = parser.parse_args().file
    with throw_away_database() as (database_url, redis_url, folder):
        print("导入 import")
        timed_import(path, database_url)
        print("再次导入 import again")
        again = timed_import(path, database_url).count
        settings = Settings(
            database_url=database_url, redis_url=redis_url, data_dir=folder, documents="open"
        )
        print("查询 stations(near: -33.87, 151.21 WGS84, 10 km)")
        with served(settings) as execute:
            wrong = compare(path, execute)
    if again is None or again.new or again.changed or again.version is not None:
        wrong.append(f"the second import changed something: {again}")
    print("\n".join(wrong[:20]))
    print("✗ 不一致 differs" if wrong else "✓ 与穷举一致 equals brute force")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
