"""`youhui promotions` on a real database."""

from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from app.cli.promotions import promotions
from app.documents.promotions import loads_promotions
from app.settings import without_driver

ONE = """
promotions:
  - code: LESS-1
    title: {zh: 立减一元, en: One yuan off}
    lane: ACTIVITY
    validity: {starts_at: 2026-06-01, ends_at: 2026-06-30}
    conditions: [{kind: SCHEDULE, windows: [{start: 22:00, end: 06:00}]}]
    benefit: {kind: AMOUNT_OFF, off_fen: 100}
"""
TWO = """
promotions:
  - code: LESS-2
    title: {zh: 立减二元}
    lane: ACTIVITY
    stacks_with: [NOBODY]
    benefit: {kind: AMOUNT_OFF, off_fen: 200}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.yaml").write_text(ONE, encoding="utf-8")
    (tmp_path / "two.yaml").write_text(TWO, encoding="utf-8")
    return tmp_path


@pytest.fixture
def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOUHUI_DATABASE_URL", database_url)
    monkeypatch.setenv("YOUHUI_REDIS_URL", "")
    monkeypatch.setenv("COLUMNS", "200")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(promotions, [str(argument) for argument in arguments])


@pytest.mark.usefixtures("database")
def test_publish_list_and_show(folder: Path) -> None:
    published = run("publish", "--demo", folder / "one.yaml", folder / "two.yaml", "--by", "王芳")
    assert published.exit_code == 0, published.output
    assert "LESS-1, LESS-2" in published.stdout
    assert "LESS-2  stacks_with" in published.stderr

    listed = run("list")
    assert listed.exit_code == 0
    assert "立减一元" in listed.stdout
    assert "王芳" in listed.stdout

    shown = run("show", "LESS-1")
    assert loads_promotions(shown.stdout) == loads_promotions(ONE)


@pytest.mark.usefixtures("database")
def test_publishing_again_changes_nothing(folder: Path) -> None:
    first = run("publish", "--demo", folder / "one.yaml")
    again = run("publish", "--demo", folder / "one.yaml")
    assert "catalog version 1" in first.stdout
    assert "catalog version 1" in again.stdout
    (folder / "one.yaml").write_text(ONE.replace("100", "150"), encoding="utf-8")
    assert "catalog version 2" in run("publish", "--demo", folder / "one.yaml").stdout
    assert loads_promotions(run("show", "LESS-1").stdout)[0].benefit.kind == "AMOUNT_OFF"


@pytest.mark.usefixtures("database")
def test_a_dry_run_writes_nothing(folder: Path) -> None:
    compared = run("publish", "--dry-run", folder / "one.yaml")
    assert compared.exit_code == 0
    assert "LESS-1" in compared.stdout
    assert run("show", "LESS-1").exit_code == 1


@pytest.mark.usefixtures("database")
def test_one_fault_in_one_file_publishes_nothing(folder: Path) -> None:
    (folder / "two.yaml").write_text(TWO.replace("200", "lots"), encoding="utf-8")
    refused = run("publish", "--demo", folder / "one.yaml", folder / "two.yaml")
    assert refused.exit_code == 1
    assert "two.yaml:7  promotions[0].benefit.off_fen" in refused.stderr
    assert "应为整数" in refused.stderr
    assert "must be a whole number, not 'lots'" in refused.stderr
    assert run("show", "LESS-1").exit_code == 1


@pytest.mark.usefixtures("database")
def test_what_this_program_cannot_read_can_be_replaced(folder: Path, database_url: str) -> None:
    run("publish", "--demo", folder / "one.yaml")
    with psycopg.connect(without_driver(database_url)) as connection:
        connection.execute(
            "UPDATE promotion_version SET document = jsonb_set(document, '{lane}', '\"NEWER\"')"
        )
    assert "unreadable" in run("list").stdout
    assert run("show", "LESS-1").exit_code == 2
    assert "changed" in run("publish", "--demo", folder / "one.yaml").stdout
    assert loads_promotions(run("show", "LESS-1").stdout) == loads_promotions(ONE)


def test_validate_needs_no_database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOUHUI_DATABASE_URL", "postgresql://nowhere.invalid/none")
    good = run("validate", folder / "one.yaml", folder / "two.yaml")
    assert good.exit_code == 0
    assert "2 promotions" in good.stdout
    twice = run("validate", folder / "one.yaml", folder / "one.yaml")
    assert twice.exit_code == 1
    assert "the code is taken in" in twice.stderr


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert run("publish", tmp_path / "none.yaml").exit_code == 2
    assert run("publish").exit_code == 2


def test_a_database_that_is_down_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = f"postgresql:///none?host={folder}"
    monkeypatch.setenv("YOUHUI_DATABASE_URL", nowhere)
    refused = run("publish", "--demo", folder / "one.yaml")
    assert refused.exit_code == 6
    assert "youhui migrate" in refused.stderr
