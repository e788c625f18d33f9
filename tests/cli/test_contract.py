"""`youhui contract`: build, import, check, usage, retire."""

import asyncio
import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.contract import RELEASED, contract
from app.gateway.trusted.manifest import Manifest, TrustedDocument, sha256_of
from app.gateway.trusted.shelf import MANIFESTS, Shelf, file_of
from app.gateway.trusted.versions import AppVersion
from app.ports.contract_usage import UsedDocument, Uses
from app.schema.build import build_schema, print_sdl
from app.storage.contract_usage import PostgresContractUsageRepository
from app.storage.engine import make_engine

NOW = datetime.now(UTC)
PRICES = "query Prices($id: ID!) { station(id: $id) { product(fuelGrade: GASOLINE_92) { displayName } } }"
NAMES = "query Names($id: ID!) { station(id: $id) { name } }"
FIELD = '  """Localised, e.g. 92#."""\n  displayName: String!\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """mini-program 1.0.0 asks two things, 1.1.0 and app 2.0.0 only one of them."""
    put(tmp_path, "mini-program", "1.0.0", NAMES, PRICES)
    put(tmp_path, "mini-program", "1.1.0", NAMES)
    put(tmp_path, "app", "2.0.0", NAMES)
    (tmp_path / RELEASED).write_text(print_sdl(build_schema()), "utf-8")
    return tmp_path


def put(folder: Path, channel: str, version: str, *texts: str) -> None:
    named = [
        TrustedDocument(sha256_of(text), text.split("(")[0].split()[1], text) for text in texts
    ]
    manifest = Manifest.of(channel, AppVersion.of(version), named)
    file = file_of(folder, channel, manifest.version)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(manifest.written())


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(
        contract, [str(argument) for argument in arguments], env={"COLUMNS": "200"}
    )


def sdl_without(tmp_path: Path, *taken: tuple[str, str]) -> Path:
    sdl = print_sdl(build_schema())
    for before, after in taken:
        assert sdl.count(before) == 1
        sdl = sdl.replace(before, after)
    file = tmp_path / "new.graphql"
    file.write_text(sdl, "utf-8")
    return file


def nothing_written(tmp_path: Path) -> tuple[str, Path]:
    """No operation is on its way into a next version."""
    folder = tmp_path / "nothing-written"
    folder.mkdir()
    return "--operations", folder


def test_a_field_that_one_shipped_version_uses_cannot_be_removed(folder, tmp_path):
    file = sdl_without(tmp_path, (FIELD, ""))
    done = run("check", *nothing_written(tmp_path), "--manifests", folder, "--schema", file)
    assert done.exit_code == 1
    broken = [line for line in done.output.splitlines() if line.startswith("✗")]
    assert broken == [
        "✗ mini-program 1.0.0 Prices: Cannot query field 'displayName' on type 'StationProduct'."
    ]
    assert "Field StationProduct.displayName was removed." in done.output


def test_an_operation_that_is_being_written_is_named_too(tmp_path):
    file = sdl_without(tmp_path, (FIELD, ""))
    done = run("check", "--manifests", tmp_path / "none", "--schema", file)
    assert done.exit_code == 1
    broken = [line for line in done.output.splitlines() if line.startswith("✗ operations")]
    what = "Cannot query field 'displayName' on type 'StationProduct'."
    assert f"✗ operations NearbyStations: {what}" in broken
    assert len(broken) == len(set(broken))


def test_a_field_that_none_uses_can(folder, tmp_path):
    file = sdl_without(tmp_path, ("  phone: String\n", ""))
    done = run("check", *nothing_written(tmp_path), "--manifests", folder, "--schema", file)
    assert done.exit_code == 0, done.output
    assert "Field Station.phone was removed." in done.output
    assert "nothing shipped uses it" in done.output


def test_safe_changes_are_counted_and_listed_on_demand(folder, tmp_path):
    file = sdl_without(tmp_path, ("  phone: String\n", "  phone: String\n  fax: String\n"))
    assert "Station.fax" not in run("check", "--manifests", folder, "--schema", file).output
    assert "Station.fax" in run("check", "--manifests", folder, "--schema", file, "--all").output


def test_a_deprecation_against_the_policy_fails(folder, tmp_path):
    file = sdl_without(tmp_path, ("  phone: String\n", "  phone: String @deprecated\n"))
    done = run("check", "--manifests", folder, "--schema", file)
    assert done.exit_code == 1
    assert "@deprecated Station.phone" in done.output


def test_the_base_may_be_a_file_or_a_commit(folder, tmp_path):
    older = sdl_without(tmp_path, ("  phone: String\n", "  phone: String\n  fax: String\n"))
    done = run("check", "--manifests", folder, "--base", older)
    assert done.exit_code == 0, done.output
    assert "Field Station.fax was removed." in done.output
    unknown = run("check", "--manifests", folder, "--base", "no-such-commit")
    assert unknown.exit_code == 2
    assert "no-such-commit" in unknown.output


def test_what_is_kept_in_the_repository_holds():
    done = run("check")
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("channel", ["mini-program", "h5", "app"])
def test_a_manifest_is_built_the_same_each_time_and_not_changed_unasked(tmp_path, channel):
    asked = ("build", "--channel", channel, "--app-version", "3.0.0", "--manifests", tmp_path)
    assert run(*asked).exit_code == 0
    file = file_of(tmp_path, channel, AppVersion(3, 0, 0))
    first = file.read_bytes()
    assert run(*asked).exit_code == 0
    assert file.read_bytes() == first
    put(tmp_path, channel, "3.0.0", NAMES)
    refused = run(*asked)
    assert refused.exit_code == 1
    assert "--replace" in refused.output
    assert file.read_bytes() != first
    assert run(*asked, "--replace").exit_code == 0
    assert file.read_bytes() == first


def test_a_channel_without_operations_is_told(tmp_path):
    done = run("build", "--channel", "car", "--app-version", "1.0.0", "--manifests", tmp_path)
    assert done.exit_code == 1
    assert "car" in done.output
    wrong = run("build", "--channel", "app", "--app-version", "1.0", "--manifests", tmp_path)
    assert wrong.exit_code == 2


def test_a_manifest_of_another_tool_is_imported(folder, tmp_path):
    file = tmp_path / "persisted.json"
    asked = ("import", "--channel", "app", "--app-version", "2.1.0", "--manifests", folder, file)
    file.write_text(json.dumps({"0123456789abcdef": NAMES}))
    assert run(*asked).exit_code == 0
    assert Shelf.kept_in(folder).by_id["0123456789abcdef"].text == NAMES
    file.write_text(json.dumps({"1": NAMES.replace("name", "nowhere")}))
    refused = run(*asked, "--replace")
    assert refused.exit_code == 1
    assert "Cannot query field 'nowhere'" in refused.output
    file.write_text("[]")
    assert run(*asked).exit_code == 1


def test_release_keeps_the_sdl_unless_it_breaks_what_is_shipped(folder):
    (folder / RELEASED).write_text("type Query { a: Int }")
    assert run("release", "--manifests", folder).exit_code == 0
    assert (folder / RELEASED).read_text("utf-8") == print_sdl(build_schema())
    put(folder, "app", "9.0.0", "query Gone($id: ID!) { gone(id: $id) }")
    assert run("release", "--manifests", folder).exit_code == 1


@pytest.fixture
def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("YOUHUI_DATABASE_URL", database_url)
    monkeypatch.setenv("YOUHUI_REDIS_URL", "")
    return database_url


def used(url: str, channel: str, version: str, text: str, times: int, days_ago: int = 0) -> None:
    async def add() -> None:
        engine = make_engine(url)
        document = UsedDocument(
            channel, version, sha256_of(text), text.split("(", maxsplit=1)[0].split()[1]
        )
        uses = {document: Uses(times, NOW - timedelta(days=days_ago))}
        await PostgresContractUsageRepository(engine).add(uses)
        await engine.dispose()

    asyncio.run(add())


def test_usage_by_operation_and_by_field(folder, database):
    used(database, "mini-program", "1.0.0", NAMES, 3)
    used(database, "mini-program", "1.0.0", NAMES, 4, days_ago=1)
    used(database, "mini-program", "1.0.0", PRICES, 5)
    used(database, "", "", NAMES, 2)
    used(database, "app", "1.0.0", "query Old($a: Int) { old }", 1)
    used(database, "app", "2.0.0", NAMES, 9, days_ago=40)

    rows = json.loads(run("usage", "--manifests", folder, "--json").stdout)
    told = [(r["channel"], r["version"], r["operation"], r["uses"], r["live"]) for r in rows]
    assert told == [
        (None, None, "Names", 2, False),
        ("app", "1.0.0", "Old", 1, False),
        ("app", "2.0.0", "Names", 0, True),
        ("mini-program", "1.0.0", "Names", 7, True),
        ("mini-program", "1.0.0", "Prices", 5, True),
        ("mini-program", "1.1.0", "Names", 0, True),
    ]
    last = {r["operation"]: r["lastAt"] for r in rows if r["version"] == "1.0.0"}
    assert datetime.fromisoformat(last["Prices"]) == NOW
    table = run("usage", "--manifests", folder, "--days", "60").stdout
    assert [word in table for word in ("mini-program", "1.1.0", "not said", "Old", " 9 ")] == [
        True
    ] * 5

    fields = json.loads(run("usage", "--manifests", folder, "--fields", "--json").stdout)
    by_version = {(row["channel"], row["version"]): row["fields"] for row in fields}
    assert by_version["mini-program", "1.0.0"] == {
        "Query.station": 12,
        "Station.name": 7,
        "Station.product": 5,
        "StationProduct.displayName": 5,
    }
    assert by_version[None, None] == {"Query.station": 2, "Station.name": 2}
    shown = run("usage", "--manifests", folder, "--fields").stdout
    assert "StationProduct.displayName" in shown


def test_a_check_tells_when_each_version_was_last_used(folder, database):
    used(database, "mini-program", "1.0.0", NAMES, 1, days_ago=5)
    used(database, "mini-program", "1.0.0", PRICES, 1, days_ago=3)
    done = run("check", "--manifests", folder, "--usage")
    assert done.exit_code == 0, done.output
    told = [
        line.partition(" last used ") for line in done.output.splitlines() if "last used" in line
    ]
    days_ago = (NOW - timedelta(days=3)).astimezone()
    assert {before.split("  ")[0]: after for before, _, after in told} == {
        "app 2.0.0": "—",
        "mini-program 1.0.0": f"{days_ago:%Y-%m-%d %H:%M:%S}",
        "mini-program 1.1.0": "—",
    }


def retire(folder: Path, version: str, *more: str, channel: str = "mini-program") -> Result:
    return run(
        "retire", "--channel", channel, "--app-version", version, "--manifests", folder, *more
    )


def test_a_version_that_is_still_used_is_not_retired_unasked(folder, database):
    used(database, "mini-program", "1.0.0", PRICES, 1, days_ago=3)
    refused = retire(folder, "1.0.0")
    assert refused.exit_code == 1
    assert "Prices" in refused.output
    assert "--force" in refused.output
    assert len(Shelf.kept_in(folder).live("mini-program")) == 2
    assert retire(folder, "1.0.0", "--days", "2").exit_code == 0
    shelf = Shelf.kept_in(folder)
    assert list(map(str, shelf.live("mini-program"))) == ["1.1.0"]
    assert shelf.retired == {"mini-program": frozenset({AppVersion(1, 0, 0)})}
    again = run(
        "build", "--channel", "mini-program", "--app-version", "1.0.0", "--manifests", folder
    )
    assert again.exit_code == 1
    assert "retired" in again.output


@pytest.mark.parametrize(
    ("channel", "text", "refused"),
    [
        ("", PRICES, True),
        ("mini-program", PRICES, True),
        ("app", PRICES, False),
        ("", NAMES, False),
    ],
)
def test_uses_without_a_version_count_where_only_this_version_asks_so(
    folder, database, channel, text, refused
):
    used(database, channel, "", text, 1)
    assert (retire(folder, "1.0.0").exit_code == 1) is refused


def test_force_needs_no_database(folder, monkeypatch):
    monkeypatch.setenv("YOUHUI_DATABASE_URL", "postgresql://127.0.0.1:1/none")
    assert retire(folder, "1.0.0", "--force").exit_code == 0


def test_the_last_version_and_an_unknown_one_are_not_retired(folder):
    last = retire(folder, "2.0.0", "--force", channel="app")
    assert last.exit_code == 1
    assert "only version" in last.output
    unknown = retire(folder, "7.0.0", "--force")
    assert unknown.exit_code == 1
    assert "1.0.0、1.1.0" in unknown.output


def test_a_commit_as_base():
    """Of this repository, where it is one: the SDL as it was."""
    found = subprocess.run(
        ["git", "-C", str(MANIFESTS), "rev-parse", "HEAD"],
        capture_output=True,
        check=False,
        text=True,
    )
    if found.returncode == 0:
        assert run("check", "--base", found.stdout.strip()).exit_code == 0
