"""The use cases over a fake intake: what is asked, what is taken, and when nothing is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.domain.stations.claims import CeilingBook
from app.domain.stations.findings import RowFault
from app.domain.stations.official_prices import CeilingClaim
from app.integrations.station_files import MappedStationFile, StationMapping, load_mapping
from app.ports.station_files import FileFault
from app.ports.station_intake import IntakeCount, StationBatch
from app.resolvers.import_ceilings import import_ceilings
from app.resolvers.import_stations import import_stations
from tests.imports.planted import CEILINGS, FILES, MOMENT, ZONE, ceiling_file, station_file


@dataclass
class FakeStationIntake:
    """Implements `StationIntake` in memory: every row is new."""

    batches: list[StationBatch] = field(default_factory=list)
    ceiling_claims: list[CeilingClaim] = field(default_factory=list)

    async def zones(self) -> frozenset[str]:
        return frozenset({ZONE})

    async def ceilings(self) -> CeilingBook:
        return CEILINGS

    async def take_stations(self, batch: StationBatch) -> IntakeCount:
        self.batches.append(batch)
        return IntakeCount(new=len(batch.claims), version=1)

    async def take_ceilings(self, claims: Sequence[CeilingClaim]) -> IntakeCount:
        self.ceiling_claims += claims
        return IntakeCount(new=len(claims), version=1)


def planted(name: str) -> MappedStationFile:
    return station_file(FILES / name, str(FILES / "plain.yaml"))


@pytest.fixture
def intake() -> FakeStationIntake:
    return FakeStationIntake()


async def test_only_accepted_rows_are_taken(intake: FakeStationIntake) -> None:
    report = await import_stations(planted("above_ceiling.csv"), intake, moment=MOMENT)
    (batch,) = intake.batches
    assert (batch.source, batch.moment) == ("planted", MOMENT)
    assert [claim.line for claim in batch.claims] == [2, 5, 6, 8]
    assert report.accepted == report.count.new == 4
    assert report.rejected_by_reason == {
        RowFault.PRICE_ABOVE_CEILING: 2,
        RowFault.ZONE_UNKNOWN: 1,
    }


@pytest.mark.parametrize("strict", [False, True])
async def test_strict_takes_all_or_nothing(intake: FakeStationIntake, strict: bool) -> None:
    report = await import_stations(planted("hours.csv"), intake, moment=MOMENT, strict=strict)
    assert (report.count is None) is strict
    assert len(intake.batches) == (0 if strict else 1)
    clean = await import_stations(
        planted("no_last_newline.csv"), intake, moment=MOMENT, strict=True
    )
    assert clean.count.new == 2


async def test_strict_ceilings_take_all_or_nothing(intake: FakeStationIntake) -> None:
    file = ceiling_file(FILES / "ceilings.csv")
    assert (await import_ceilings(file, intake, strict=True)).count is None
    assert intake.ceiling_claims == []
    assert (await import_ceilings(file, intake)).count.new == len(intake.ceiling_claims) == 3


async def test_nothing_is_taken_of_a_file_cut_off_after_good_rows(
    intake: FakeStationIntake,
) -> None:
    with pytest.raises(FileFault):
        await import_stations(planted("cut_in_quotes.csv"), intake, moment=MOMENT)
    assert intake.batches == []


async def test_notes_are_counted_and_keep_no_row_out(intake: FakeStationIntake) -> None:
    file = station_file(FILES / "osm.geojson", "osm")
    report = await import_stations(file, intake, moment=MOMENT)
    assert report.notes == {RowFault.HOURS_UNREADABLE: 1}
    assert [label.code for label in intake.batches[0].amenities][:2] == ["CAR_WASH", "SHOP"]


async def test_a_time_zone_out_of_a_column_must_exist(
    intake: FakeStationIntake, tmp_path: Path
) -> None:
    text = (FILES / "plain.yaml").read_text("utf-8")
    changed = text.replace("{value: Asia/Shanghai}", "{column: zone, value: Asia/Shanghai}")
    (tmp_path / "zoned.yaml").write_text(changed, "utf-8")
    mapping = load_mapping(str(tmp_path / "zoned.yaml"), "stations")
    assert isinstance(mapping, StationMapping)
    file = MappedStationFile(FILES / "clean.csv", mapping)
    report = await import_stations(file, intake, moment=MOMENT)
    assert [(r.line, r.findings[0].fault) for r in report.rejected] == [
        (4, RowFault.TIME_ZONE_UNKNOWN)
    ]
