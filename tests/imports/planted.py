"""The planted files and what each must give (`cases.yaml`)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from app.domain.shared.fuel import FuelGrade
from app.domain.stations.claims import CeilingBook, Judgement, Setting
from app.domain.stations.intake import judge
from app.domain.stations.official_prices import judge_ceilings
from app.domain.stations.station import PriceHistory, PricePoint
from app.integrations.station_files import (
    CeilingMapping,
    MappedCeilingFile,
    MappedStationFile,
    StationMapping,
    load_mapping,
)

HERE = Path(__file__).parent
FILES = HERE / "files"
ZONE = "310000:default"
MOMENT = datetime(2026, 5, 2, 12, tzinfo=UTC)
EFFECTIVE = datetime(2026, 4, 21, 16, tzinfo=UTC)

CEILINGS: CeilingBook = {
    (ZONE, grade): PriceHistory((PricePoint(EFFECTIVE, price),))
    for grade, price in ((FuelGrade.GASOLINE_92, 8_420), (FuelGrade.GASOLINE_95, 8_960))
}


@dataclass(frozen=True, slots=True)
class Case:
    """`fault` None: the file is read to its end."""

    file: str
    mapping: str
    accepted: list[int]
    rejected: list[dict[str, Any]]
    fault: str | None
    line: int

    @property
    def path(self) -> Path:
        return FILES / self.file

    @property
    def kind(self) -> str:
        return "ceilings" if self.mapping == "cn-ceilings" else "stations"


def load_cases() -> list[Case]:
    listed: list[dict[str, Any]] = yaml.safe_load((HERE / "cases.yaml").read_text("utf-8"))
    return [
        Case(
            file=case["file"],
            mapping=case.get("mapping") or default_mapping(case["file"]),
            accepted=case.get("accepted", []),
            rejected=case.get("rejected", []),
            fault=case.get("fault"),
            line=case.get("line", 0),
        )
        for case in listed
    ]


def default_mapping(file: str) -> str:
    return "osm" if file.endswith(".geojson") else str(FILES / "plain.yaml")


def station_file(path: Path, mapping: str) -> MappedStationFile:
    loaded = load_mapping(mapping, "stations")
    assert isinstance(loaded, StationMapping)
    return MappedStationFile(path, loaded)


def ceiling_file(path: Path) -> MappedCeilingFile:
    loaded = load_mapping("cn-ceilings", "ceilings")
    assert isinstance(loaded, CeilingMapping)
    return MappedCeilingFile(path, loaded)


def judged(case: Case) -> Judgement[Any]:
    if case.kind == "ceilings":
        ceilings = ceiling_file(case.path)
        return judge_ceilings(ceilings.claims(), ceilings.bounds)
    stations = station_file(case.path, case.mapping)
    setting = Setting(
        bounds=stations.bounds, moment=MOMENT, zones=frozenset({ZONE}), ceilings=CEILINGS
    )
    return judge(stations.claims(), setting)
