"""`youhui import` as a person runs it."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from app.cli.imports import imports
from app.integrations.station_files import load_mapping, shipped_mappings
from app.settings import without_driver
from tests.imports.planted import FILES

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("YOUHUI_DATABASE_URL", database_url)
    monkeypatch.delenv("YOUHUI_REDIS_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(imports, [str(argument) for argument in arguments])

    return invoke


@pytest.fixture
def planted(tmp_path: Path) -> Callable[[str], Path]:
    """A planted file where its rejected rows may be written beside it."""
    folder = tmp_path / "inbox"
    folder.mkdir()

    def copy(name: str) -> Path:
        return Path(shutil.copy(FILES / name, folder / name))

    return copy


def counts(database_url: str) -> tuple[int, int]:
    """Stations and prices stored."""
    with psycopg.connect(without_driver(database_url)) as connection:
        query = "SELECT (SELECT count(*) FROM station), (SELECT count(*) FROM pump_price)"
        stations, prices = connection.execute(query).fetchone() or (0, 0)
        return stations, prices


PLAIN = ("--mapping", FILES / "plain.yaml")


def test_rejected_rows_lie_beside_the_file(run: Run, planted: Callable[[str], Path]) -> None:
    path = planted("absurd_prices.csv")
    result = run("stations", path, *PLAIN)
    assert result.exit_code == 0, result.output
    assert "PRICE_ABSURD" in result.output
    beside = path.with_name("absurd_prices.csv.rejected.csv")
    with beside.open(encoding="utf-8-sig", newline="") as file:
        rejected = list(csv.DictReader(file))
    assert [row["line"] for row in rejected] == [str(line) for line in range(3, 13)]
    assert rejected[-1]["reasons"] == "PRICE_UNREADABLE PRICE_ABSURD"
    assert '"p92": "0.75"' in rejected[0]["row"]
    assert "GASOLINE_92 750 (4000..12000)" in rejected[0]["explanation"]


def test_a_clean_file_removes_the_rejected_rows_of_an_earlier_try(
    run: Run, planted: Callable[[str], Path]
) -> None:
    path = planted("hours.csv")
    run("stations", path, *PLAIN)
    beside = path.with_name("hours.csv.rejected.csv")
    assert beside.exists()
    shutil.copy(FILES / "byte_order_mark.csv", path)
    assert run("stations", path, *PLAIN).exit_code == 0
    assert not beside.exists()


def test_rejected_rows_go_here_when_the_folder_takes_none(
    run: Run, planted: Callable[[str], Path], tmp_path: Path
) -> None:
    path = planted("hours.csv")
    path.with_name("hours.csv.rejected.csv").mkdir()
    result = run("stations", path, *PLAIN)
    assert result.exit_code == 0
    assert (tmp_path / "hours.csv.rejected.csv").is_file()


def test_strict_writes_nothing(run: Run, planted: Callable[[str], Path], database_url: str) -> None:
    result = run("stations", planted("hours.csv"), *PLAIN, "--strict")
    assert result.exit_code == 1
    assert "nothing was written" in result.output
    assert counts(database_url) == (0, 0)


def test_strict_takes_a_file_without_faults(
    run: Run, planted: Callable[[str], Path], database_url: str
) -> None:
    assert run("ceilings", planted("ceilings.csv")).exit_code == 0
    assert run("stations", planted("byte_order_mark.csv"), *PLAIN, "--strict").exit_code == 0
    assert counts(database_url) == (1, 2)


def test_a_second_import_changes_nothing(
    run: Run, planted: Callable[[str], Path], database_url: str
) -> None:
    path = planted("one_place_two_ids.csv")
    first = run("stations", path, *PLAIN)
    stored = counts(database_url)
    second = run("stations", path, *PLAIN)
    assert "catalog version 1" in first.output
    assert "nothing changed" in second.output
    assert counts(database_url) == stored == (5, 10)


def test_pump_prices_are_held_against_imported_ceilings(
    run: Run, planted: Callable[[str], Path]
) -> None:
    assert run("ceilings", planted("ceilings.csv")).exit_code == 0
    path = planted("above_ceiling.csv")
    run("stations", path, *PLAIN)
    with path.with_name("above_ceiling.csv.rejected.csv").open(encoding="utf-8-sig") as file:
        rejected = {row["line"]: row["reasons"] for row in csv.DictReader(file)}
    assert rejected == {
        "3": "PRICE_ABOVE_CEILING",
        "4": "PRICE_ABOVE_CEILING PRICE_ABOVE_CEILING",
        "7": "ZONE_UNKNOWN",
    }


@pytest.mark.parametrize(
    "name", ["cut_in_quotes.csv", "cut_in_row.csv", "gbk.csv", "empty.csv", "wrong_header.csv"]
)
def test_a_file_that_cannot_be_read_leaves_the_database_as_it_was(
    run: Run, planted: Callable[[str], Path], database_url: str, name: str
) -> None:
    result = run("stations", planted(name), *PLAIN)
    assert result.exit_code == 7
    assert counts(database_url) == (0, 0)


def test_stations_of_openstreetmap_come_without_products(
    run: Run, planted: Callable[[str], Path], database_url: str
) -> None:
    result = run("stations", planted("osm.geojson"), "--mapping", "osm")
    assert result.exit_code == 0
    assert "opening hours not understood" in result.output
    assert counts(database_url) == (4, 0)


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ("nowhere", "fuelcheck-nsw, osm"),
        ("cn-ceilings", "kind"),
        ("broken.yaml", "not YAML"),
        ("wrong.yaml", "columns.latitude"),
        ("zone.yaml", "no such time zone: Mars/Olympus"),
        ("pattern.yaml", "not a regular expression"),
        ("grades.yaml", "two names mean one grade"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_wrong_usage(
    run: Run, planted: Callable[[str], Path], tmp_path: Path, mapping: str, message: str
) -> None:
    plain = (FILES / "plain.yaml").read_text("utf-8")
    changes = {
        "broken.yaml": "a: [",
        "wrong.yaml": plain.replace("  latitude: latitude\n", ""),
        "zone.yaml": plain.replace("Asia/Shanghai", "Mars/Olympus"),
        "pattern.yaml": plain.replace(
            'region: {value: "310000"}',
            "region: {rules: [{column: address, matches: '(', value: x}]}",
        ),
        "grades.yaml": plain.replace("p95: GASOLINE_95", "p95: GASOLINE_92"),
    }
    if mapping in changes:
        (tmp_path / mapping).write_text(changes[mapping], "utf-8")
    result = run("stations", planted("clean.csv"), "--mapping", mapping)
    assert result.exit_code == 2
    assert message in result.output


def test_a_database_that_cannot_be_reached(
    run: Run, planted: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YOUHUI_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    result = run("stations", planted("clean.csv"), *PLAIN)
    assert result.exit_code == 6


@pytest.mark.parametrize("command", ["stations", "ceilings"])
def test_help_tells_the_exit_codes(run: Run, command: str) -> None:
    shown = run(command, "--help").output
    for code in "01267":
        assert f"\n    {code}  " in shown
    assert "--strict" in shown


@pytest.mark.parametrize("kind", ["stations", "ceilings"])
def test_shipped_mappings_load(kind: str) -> None:
    names = shipped_mappings(kind)
    assert names
    assert all(load_mapping(name, kind).title for name in names)
