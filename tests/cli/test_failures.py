"""What a person is told when a command cannot do its work: two languages and an exit code."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from app.cli.errors import ExitCode, reported
from app.settings import without_driver
from app.storage.migrate import downgrade


def youhui(tmp_path: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YOUHUI_")}
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        env=kept | {"YOUHUI_DATA_DIR": str(tmp_path / "data")} | settings,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "told"),
    [
        (["migrate"], {"YOUHUI_DATABASE_URL": "postgresql://h:abc/db"}, 2, "YOUHUI_DATABASE_URL"),
        (["serve"], {"YOUHUI_REDIS_URL": "foo"}, 2, "YOUHUI_REDIS_URL"),
        (["migrate"], {"YOUHUI_DATA_DIR": __file__}, 5, "YOUHUI_DATA_DIR"),
        (["servers"], {"YOUHUI_DATA_DIR": __file__}, 5, "YOUHUI_DATA_DIR"),
    ],
    ids=["port", "redis", "data folder", "servers' folder"],
)
def test_settings_that_cannot_be(
    tmp_path: Path, arguments: list[str], settings: dict[str, str], code: int, told: str
):
    failed = youhui(tmp_path, *arguments, **settings)
    assert failed.returncode == code, failed.stderr
    assert told in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_revision_that_is_none(tmp_path: Path, database_url: str):
    for option in ("--to", "--down"):
        failed = youhui(tmp_path, "migrate", option, "nonsense", YOUHUI_DATABASE_URL=database_url)
        assert failed.returncode == 2, failed.stderr
        assert "nonsense" in failed.stderr
        assert "Traceback" not in failed.stderr


def test_an_older_structure(tmp_path: Path, database_url: str):
    downgrade(database_url, "0002")
    failed = youhui(tmp_path, "promotions", "list", YOUHUI_DATABASE_URL=database_url)
    assert failed.returncode != 0
    assert "youhui migrate" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_table_in_use(tmp_path: Path, database_url: str):
    downgrade(database_url, "0001")
    with psycopg.connect(without_driver(database_url)) as reader:
        reader.execute("SELECT FROM catalog_version")
        failed = youhui(tmp_path, "migrate", YOUHUI_DATABASE_URL=database_url)
    assert failed.returncode == 1, failed.stderr
    assert "稍后" in failed.stderr


def test_a_statement_that_took_too_long_is_not_told_as_a_database_away(
    capsys: pytest.CaptureFixture[str],
):
    with pytest.raises(SystemExit) as ended, reported():
        raise OperationalError("SELECT 1", {}, psycopg.errors.QueryCanceled("timeout"))
    assert ended.value.code == ExitCode.FAILED
    assert "超时" in capsys.readouterr().err
