"""`youhui seed`, as a person uses it."""

import pytest
from click.testing import CliRunner, Result

from app.cli.errors import ExitCode
from app.cli.seed import seed
from app.storage.migrate import downgrade

SMALL = ["--stations", "60", "--members", "12"]


def _seed(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(
        seed, [*SMALL, *arguments], env={"YOUHUI_DATABASE_URL": url, "YOUHUI_REDIS_URL": ""}
    )


def test_says_that_the_rows_are_generated_and_how_many_there_are(database_url: str):
    done = _seed(database_url)
    assert done.exit_code == 0
    assert "虚构的演示数据" in done.output
    assert "none of it is real" in done.output
    assert "60" in next(line for line in done.output.splitlines() if "stations" in line)


def test_the_second_time_says_that_nothing_changed(database_url: str):
    _seed(database_url)
    again = _seed(database_url)
    assert again.exit_code == 0
    assert "没有改动" in again.output
    assert "unchanged" in again.output


def test_another_seed_is_refused_and_force_replaces_it(database_url: str):
    _seed(database_url)
    refused = _seed(database_url, "--seed", "7")
    assert refused.exit_code == ExitCode.FAILED
    assert "--force" in refused.output
    assert _seed(database_url, "--seed", "7", "--force").exit_code == 0


def test_a_database_without_structure_is_told_to_migrate(empty_database_url: str):
    failed = _seed(empty_database_url)
    assert failed.exit_code == ExitCode.DATABASE_UNREACHABLE
    assert "youhui migrate" in failed.output


def test_a_database_of_an_older_structure_is_left_alone(database_url: str):
    downgrade(database_url, "0002")
    failed = _seed(database_url)
    assert failed.exit_code == ExitCode.DATABASE_UNREACHABLE
    assert "youhui migrate" in failed.output


@pytest.mark.parametrize("arguments", [["--stations", "0"], ["--members", "9"], ["--seed", "x"]])
def test_senseless_sizes_are_wrong_usage(arguments: list[str]):
    assert CliRunner().invoke(seed, arguments).exit_code == ExitCode.USAGE
