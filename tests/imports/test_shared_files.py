"""The real files: official prices of April 2026, and the stations around Sydney."""

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.stations.claims import Setting, StationClaim
from app.domain.stations.intake import judge
from app.resolvers.import_ceilings import import_ceilings
from app.resolvers.import_stations import ImportReport
from app.settings import Settings
from app.storage.engine import make_engine
from app.storage.station_intake import PostgresStationIntake
from bench import check_sydney
from tests.imports.planted import ceiling_file, station_file

SHARED = Path(os.environ.get("YOUHUI_SHARED", Path(__file__).parents[3] / "shared")) / "data"


@pytest.fixture
def shared() -> Callable[[str], Path]:
    def find(name: str) -> Path:
        path = SHARED / name
        if not path.exists():
            pytest.skip(f"no {name} in {SHARED}: set YOUHUI_SHARED")
        return path

    return find


def imported(database_url: str, path: Path) -> ImportReport:
    return asyncio.run(check_sydney.take(path, database_url))


async def test_official_prices(shared: Callable[[str], Path], database_url: str) -> None:
    file = ceiling_file(shared("cn_ceiling_price_20260421.csv"))
    engine = make_engine(database_url)
    intake = PostgresStationIntake(engine)
    report = await import_ceilings(file, intake)
    again = await import_ceilings(file, intake)
    zones = await intake.zones()
    await engine.dispose()
    assert (report.accepted, report.count.new) == (44, 44)
    assert (again.count.new, again.count.changed, again.count.unchanged) == (0, 0, 44)
    assert len(zones) == 44
    assert [(r.line, r.source_id, r.findings[0].fault.value) for r in report.rejected] == [
        (23, "460000:yunnan-1", "PRICE_ORDER")
    ]


def test_sydney(shared: Callable[[str], Path], database_url: str, tmp_path: Path) -> None:
    path = shared("fuelcheck_nsw_stations_prices.csv")
    report = imported(database_url, path)
    assert report.accepted == report.count.new == 2_620
    assert report.rejected_by_reason == {"NO_MAPPED_GRADE": 14, "SAME_PLACE": 54}
    again = imported(database_url, path)
    assert (again.count.new, again.count.changed, again.count.version) == (0, 0, None)

    near = check_sydney.brute_force(path)
    selling = [e for e in check_sydney.by_price(near) if e.mill is not None]
    assert (len(near), len(selling)) == (130, 107)
    assert (selling[0].source_id, near[0].source_id) == ("nsw_2605", "nsw_20832")
    settings = Settings(database_url=database_url, data_dir=tmp_path, documents="open")
    with check_sydney.served(settings) as execute:
        assert check_sydney.compare(path, execute) == []


def test_the_newest_of_each_duplicate_place_is_kept(shared: Callable[[str], Path]) -> None:
    file = station_file(shared("fuelcheck_nsw_stations_prices.csv"), "fuelcheck-nsw")
    claims = list(file.claims())
    by_place: dict[object, list[StationClaim]] = {}
    for claim in claims:
        by_place.setdefault(claim.place, []).append(claim)
    pairs = [twins for twins in by_place.values() if len(twins) > 1]
    assert [len(twins) for twins in pairs] == [2] * 54
    # The number is the same, the prefix is not; and 226 more Tasmanian numbers name two places.
    assert all(one.source_id[4:] == other.source_id[4:] for one, other in pairs)

    judgement = judge(claims, Setting(bounds=file.bounds, moment=datetime.now(UTC)))
    accepted = {claim.source_id for claim in judgement.accepted}
    for one, other in pairs:
        newest = max(one, other, key=lambda claim: (claim.updated_at, claim.source_id))
        assert accepted & {one.source_id, other.source_id} == {newest.source_id}
