"""Every fault that a file may have, planted in a file of its own."""

from typing import Any

import pytest

from app.domain.stations.findings import FAULT_TEXTS, Rejection, RowFault
from app.ports.station_files import FileFault, FileFaultKind
from tests.imports.planted import FILES, Case, ceiling_file, judged, load_cases, station_file

CASES = load_cases()
READ = [case for case in CASES if case.fault is None]
REFUSED = [case for case in CASES if case.fault is not None]


def named(case: Case) -> str:
    return case.file


@pytest.mark.parametrize("case", READ, ids=named)
def test_each_row_is_taken_or_rejected_with_its_line_and_reasons(case: Case) -> None:
    judgement = judged(case)
    assert [claim.line for claim in judgement.accepted] == case.accepted
    assert [_told(rejection) for rejection in judgement.rejected] == case.rejected


def _told(rejection: Rejection) -> dict[str, Any]:
    reasons = [finding.fault.value for finding in rejection.findings]
    return {"line": rejection.line, "id": rejection.source_id, "reasons": reasons}


@pytest.mark.parametrize("case", REFUSED, ids=named)
def test_a_file_that_cannot_be_read_to_its_end_is_refused(case: Case) -> None:
    with pytest.raises(FileFault) as refused:
        judged(case)
    assert (refused.value.kind.value, refused.value.line) == (case.fault, case.line)
    assert refused.value.zh
    assert refused.value.en


def test_every_planted_file_has_a_case() -> None:
    planted = {path.name for path in FILES.iterdir() if path.suffix in (".csv", ".geojson")}
    assert planted == {case.file for case in CASES}


def test_every_fault_of_a_row_is_planted() -> None:
    reasons = {reason for case in READ for row in case.rejected for reason in row["reasons"]}
    # A wrong time zone can come only from a mapping that takes it from a column.
    assert reasons == {fault.value for fault in RowFault} - {"TIME_ZONE_UNKNOWN"}


def test_every_fault_of_a_file_is_planted() -> None:
    assert {case.fault for case in REFUSED} == {kind.value for kind in FileFaultKind} - {
        "NOT_FOUND"
    }


def test_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(FileFault) as refused:
        list(station_file(FILES / "nowhere.csv", "fuelcheck-nsw").claims())
    assert refused.value.kind is FileFaultKind.NOT_FOUND


@pytest.mark.parametrize(
    ("file", "fault"),
    [("one_place_two_ids.csv", RowFault.SAME_PLACE), ("duplicate_ids.csv", RowFault.DUPLICATE_ID)],
)
def test_a_duplicate_names_both_lines(file: str, fault: RowFault) -> None:
    case = next(case for case in CASES if case.file == file)
    first = judged(case).rejected[0]
    kept = {"one_place_two_ids.csv": 3, "duplicate_ids.csv": 4}[file]
    assert first.findings[0].fault is fault
    assert f"line {first.line} and line {kept}" in first.findings[0].detail


def test_the_mark_and_the_line_ends_leave_no_trace() -> None:
    plain = str(FILES / "plain.yaml")
    marked = [c.source_id for c in station_file(FILES / "byte_order_mark.csv", plain).claims()]
    windows = [c.name for c in station_file(FILES / "windows_lines.csv", plain).claims()]
    assert marked == ["s1"]
    assert windows == ["第1站", "第2站"]


def test_prices_are_exact_mills() -> None:
    first = next(ceiling_file(FILES / "ceilings.csv").claims())
    assert {grade.value: price for grade, price in first.prices.items()} == {
        "GASOLINE_89": 7_850,
        "GASOLINE_92": 8_420,
        "GASOLINE_95": 8_960,
        "DIESEL_0": 8_120,
    }


def test_openstreetmap_nodes_and_areas() -> None:
    claims = {c.line: c for c in station_file(FILES / "osm.geojson", "osm").claims()}
    node, area, tagged = claims[1], claims[2], claims[9]
    assert (node.source_id, node.amenities, node.opening, node.priced) == (
        "node/1",
        ("CAR_WASH",),
        (),
        False,
    )
    assert (area.place.latitude_e7, area.place.longitude_e7) == (312_200_000, 1_216_100_000)
    assert [note.fault for note in area.notes] == [RowFault.HOURS_UNREADABLE]
    assert (tagged.source_id, tagged.region_code, tagged.phone) == (
        "way/9",
        "310115",
        "+86 21 1234",
    )
    assert tagged.opening[0].opens_minute == 360
    assert claims[6].name == "中国石油"
    assert (node.brand_code, node.brand_name) == ("petrochina", "中国石油")


def test_every_fault_has_a_text_in_both_languages() -> None:
    assert set(FAULT_TEXTS) == set(RowFault)
    assert all(text.en for text in FAULT_TEXTS.values())


def test_bytes_are_told_to_the_end() -> None:
    told: list[int] = []
    file = station_file(FILES / "clean.csv", str(FILES / "plain.yaml"))
    file._on_bytes = told.append
    list(file.claims())
    assert told[-1] == (FILES / "clean.csv").stat().st_size
