"""`youhui coupons` as operators use it: real processes, killed and gone on with."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.domain.wallet.codes import read_code
from app.settings import without_driver

SEGMENT = "crowd"
MEMBERS = 3_000
BATCH = "check-in-3"
"""Without a stock. `SCARCE` has one, of 20, that the seed has given away."""
SCARCE = "premium-98-20"


class Office:
    """A command line over one database."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.environment = {
            **os.environ,
            "YOUHUI_DATABASE_URL": url,
            "YOUHUI_REDIS_URL": "",
            "YOUHUI_DATA_DIR": str(folder),
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "app.cli", "coupons", *arguments, "--as", "ops"],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, code: int = 0) -> str:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=120)
        assert process.returncode == code, out + err
        return out + err

    def one(self, query: str) -> Any:
        with psycopg.connect(without_driver(self.url)) as connection:
            found = connection.execute(query.encode()).fetchone()
        return None if found is None else found[0]

    def kill_when(self, process: subprocess.Popen[str], query: str) -> None:
        """kill -9 as soon as the query says so; fails when the process ends before."""
        while not self.one(query):
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()


@pytest.fixture
def office(seeded_copy_url: str, tmp_path: Path) -> Office:
    office = Office(seeded_copy_url, tmp_path / "keys")
    with psycopg.connect(without_driver(seeded_copy_url)) as connection:
        connection.execute(
            "INSERT INTO member (user_id, segments)"
            " SELECT 900000 + n, ARRAY[%s] FROM generate_series(1, %s) AS n",
            (SEGMENT, MEMBERS),
        )
    return office


HAD = f"SELECT count(*) FROM coupon WHERE cause LIKE 'run:%' AND batch_code = '{BATCH}'"


def test_a_killed_run_goes_on_and_gives_each_member_one(office: Office):
    process = office.start("issue", BATCH, "--segment", SEGMENT)
    office.kill_when(process, "SELECT bool_or(seen > 0) FROM coupon_run")
    run = office.one("SELECT max(id) FROM coupon_run")
    assert 0 < office.one(HAD) < MEMBERS
    assert f"--resume {run}" in office.run("issue", BATCH, "--segment", SEGMENT, code=1)
    office.run("issue", BATCH, "--segment", SEGMENT, "--resume", str(run))
    assert office.one(HAD) == MEMBERS
    assert office.one(f"SELECT count(DISTINCT user_id) FROM coupon WHERE cause = 'run:{run}'") == (
        MEMBERS
    )
    assert office.one("SELECT issued FROM coupon_run") == MEMBERS
    counted = f"SELECT sum(uses) FROM promotion_counter WHERE code = '{BATCH}'"
    assert office.one(counted) == office.one(
        f"SELECT count(*) FROM coupon WHERE batch_code = '{BATCH}'"
    )
    told = "SELECT sum((after->>'issued')::int) FROM audit_event WHERE act = 'coupon.issue'"
    assert office.one(told) == MEMBERS
    assert office.one("SELECT DISTINCT actor FROM audit_event WHERE act = 'coupon.issue'") == "ops"


def test_a_list_is_issued_as_far_as_the_stock_goes(office: Office, tmp_path: Path):
    office_sql = f"""
    DELETE FROM promotion_counter WHERE code = '{SCARCE}' AND per = 'TOTAL' RETURNING 1
    """
    office.one(f"WITH gone AS ({office_sql}) SELECT count(*) FROM gone")
    listed = tmp_path / "ids.csv"
    ids = [*range(900_001, 900_031), 900_001, 5_000_000]
    listed.write_text("user_id\n" + "\n".join(map(str, ids)) + "\n")
    dry = office.run("issue", SCARCE, "--file", str(listed), "--dry-run")
    assert office.one("SELECT count(*) FROM coupon_run") == 0
    said = office.run("issue", SCARCE, "--file", str(listed))
    for text in (dry, said):
        figures = [line.split("│")[2].strip() for line in text.splitlines() if "│" in line]
        assert figures == ["32", "20", "1", "1", "10"], text
    assert office.one(f"SELECT sum(uses) FROM promotion_counter WHERE code = '{SCARCE}'") == 20


def test_a_list_with_a_bad_line_issues_nothing(office: Office, tmp_path: Path):
    listed = tmp_path / "ids.csv"
    listed.write_text("900001\nnobody\n")
    assert "line 2" in office.run("issue", BATCH, "--file", str(listed), code=1)
    assert office.one("SELECT count(*) FROM coupon_run") == 0


def test_codes_survive_a_kill_and_are_all_in_the_file(office: Office, tmp_path: Path):
    out, count = tmp_path / "codes.txt", 20_000
    wanted = ("codes", "card-150-10", "--count", str(count), "--out", str(out))
    process = office.start(*wanted)
    office.kill_when(process, "SELECT bool_or(seen > 0) FROM coupon_run")
    assert not out.exists()
    said = office.run(*wanted)
    lines = out.read_text("ascii").splitlines()
    codes = {read_code(line) for line in lines}
    assert len(lines) == len(codes) == count
    assert None not in codes
    assert office.one("SELECT count(*) FROM coupon_code") == count
    assert office.one("SELECT count(*) FROM coupon_run WHERE finished_at IS NOT NULL") == 1
    assert out.stat().st_mode & 0o077 == 0
    assert not any(line in said for line in lines[:100])
    assert str(out) in office.run(*wanted, code=1)


def test_a_run_is_taken_back_but_what_an_order_holds(office: Office, tmp_path: Path):
    office.run("issue", BATCH, "--segment", SEGMENT)
    run = office.one("SELECT max(id) FROM coupon_run")
    held = f"""
    WITH held AS (UPDATE coupon SET status = 'RESERVED' WHERE user_id = 900001
    AND cause = 'run:{run}' RETURNING 1) SELECT count(*) FROM held
    """
    assert office.one(held) == 1
    office.run("revoke", "--run", str(run))
    revoked = "SELECT count(*) FROM coupon WHERE status = 'REVOKED' AND cause LIKE 'run:%'"
    assert office.one(revoked) == MEMBERS - 1
    one = office.one("SELECT id FROM coupon WHERE user_id = 900001")
    office.run("revoke", "--coupon", f"900001:{one}", code=1)
    office.run("revoke", "--run", str(run))
    assert office.one(revoked) == MEMBERS - 1
