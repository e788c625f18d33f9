"""`youhui staff`, `youhui services` and `youhui apps` over a database; and whose acts on promotions
are let through once there is staff."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.cli.applications import applications
from app.cli.promotions import promotions
from app.cli.services import services
from app.cli.staff import staff
from app.domain.identity.roles import Role
from app.security.totp import code_at
from app.storage.engine import make_engine
from tests.cli.shop_floor import Shopping, opened, run

OFFER = """
promotions:
  - code: LESS-1
    title: {zh: 立减一元, en: One yuan off}
    lane: ACTIVITY
    benefit: {kind: AMOUNT_OFF, off_fen: 100}
"""
Rows = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(autouse=True)
def _settings(command_settings: None) -> None:
    """The commands use the test's database."""


@pytest.fixture
def rows(database_url: str) -> Rows:
    async def read(query: str) -> list[tuple[Any, ...]]:
        engine = make_engine(database_url, pool_size=1)
        try:
            async with engine.connect() as connection:
                return [tuple(row) for row in await connection.execute(text(query))]
        finally:
            await engine.dispose()

    return lambda query: asyncio.run(read(query))


def appoint(name: str, role: Role, by: str = "管理员") -> str:
    return run(staff, "add", name, "--role", role, "--as", by).stdout


def test_the_first_appoints_and_from_then_on_who_may(rows: Rows):
    appoint("管理员", Role.ADMINISTRATOR, by="whoever runs it")
    run(staff, "add", "李明", "--role", "OPERATOR", "--as", "nobody", code=1)
    appoint("李明", Role.OPERATOR)
    run(staff, "add", "王芳", "--role", "REVIEWER", "--as", "李明", code=1)
    run(staff, "add", "李 明", "--role", "SUPPORT", "--as", "管理员")
    refused = run(staff, "add", " 李明 ", "--role", "SUPPORT", "--as", "管理员", code=1)
    assert "已有员工" in refused.output
    listed = run(staff, "list").stdout
    assert "OPERATOR" in listed
    assert rows("SELECT name FROM staff ORDER BY id") == [("管理员",), ("李明",), ("李 明",)]


def test_secrets_are_shown_once_and_work(rows: Rows):
    shown = appoint("管理员", Role.ADMINISTRATOR)
    seed = re.search(r"secret=([A-Z2-7]+)", shown)
    assert seed is not None
    assert re.fullmatch(r"\d{6}", code_at(seed[1], datetime(2026, 11, 23, tzinfo=UTC)))
    assert len(re.findall(r"\b\w{4}-\w{4}-\w{4}\b", shown)) == 10
    again = run(staff, "reset", "管理员", "--as", "管理员").stdout
    assert seed[1] not in again
    assert rows("SELECT generation FROM staff") == [(2,)]


@pytest.mark.parametrize(
    "roles",
    [["OPERATOR", "REVIEWER"], ["AUDITOR", "SUPPORT"], ["STATION_STAFF"]],
)
def test_duties_are_kept_apart(rows: Rows, roles: list[str]):
    given = [word for role in roles for word in ("--role", role)]
    run(staff, "add", "李明", *given, code=1)
    assert rows("SELECT 1 FROM staff") == []


def test_roles_at_stations_name_them(shopping: Shopping, rows: Rows):
    shopping(opened)
    given = ("--role", "STATION_STAFF", "--station")
    run(staff, "add", "赵强", *given, "test:9", code=2)
    run(staff, "add", "赵强", *given, "test:1")
    assert rows("SELECT station_ids FROM staff") == [([1],)]
    assert "test:1" in run(staff, "list").stdout


def test_roles_change_and_who_is_disabled_acts_no_more(rows: Rows):
    appoint("管理员", Role.ADMINISTRATOR)
    appoint("李明", Role.OPERATOR)
    run(staff, "roles", "李明", "--role", "ADMINISTRATOR", "--as", "管理员")
    run(staff, "disable", "管理员", "--as", "李明")
    run(staff, "disable", "李明", "--as", "管理员", code=1)
    assert "已停用" in run(staff, "list").stdout
    acts = rows("SELECT act, actor FROM audit_event WHERE act LIKE 'staff.%' ORDER BY id")
    assert [act for act, _ in acts] == ["staff.add", "staff.add", "staff.roles", "staff.disable"]


def test_promotions_are_moved_by_who_may_once_there_is_staff(tmp_path: Path):
    file = tmp_path / "offer.yaml"
    file.write_text(OFFER, encoding="utf-8")
    run(promotions, "draft", file, "--as", "anybody")
    appoint("管理员", Role.ADMINISTRATOR)
    appoint("李明", Role.OPERATOR)
    appoint("王芳", Role.REVIEWER)
    run(promotions, "submit", "LESS-1", "--as", "anybody", code=1)
    run(promotions, "submit", "LESS-1", "--as", "李明")
    run(promotions, "approve", "LESS-1@1", "--as", "李明", code=1)
    run(promotions, "approve", "LESS-1@1", "--as", "王芳")
    run(promotions, "publish", "LESS-1", "--as", "王芳", code=1)
    run(promotions, "publish", "LESS-1", "--as", "李明")
    run(promotions, "pause", "LESS-1", "--as", "管理员", code=1)
    run(promotions, "history", "LESS-1")


def test_services_are_added_listed_and_revoked(rows: Rows):
    shown = run(services, "add", "bi", "--scope", "settlement:read", "--as", "root").stdout
    secret = re.search(r"client_secret +(\S+)", shown)
    assert secret is not None
    assert "service-1" in shown
    run(services, "add", "bi", "--scope", "audit:read", code=1)
    run(services, "add", "x", "--scope", "promotion:approve", code=2)
    listed = run(services, "list").stdout
    assert "settlement:read" in listed
    assert secret[1] not in listed
    run(services, "revoke", "bi")
    assert "已吊销" in run(services, "list").stdout
    run(services, "revoke", "no", code=1)
    acts = rows("SELECT act FROM audit_event WHERE act LIKE 'service.%' ORDER BY id")
    assert acts == [("service.add",), ("service.revoke",)]


def test_applications_are_registered_with_their_addresses(rows: Rows):
    given = ("--name", "油惠 App", "--redirect")
    run(applications, "add", "youhui-app", *given, "com.youhui.app:/signed-in")
    run(applications, "add", "youhui-app", *given, "javascript:alert(1)", code=1)
    run(applications, "add", "service-1", *given, "com.youhui.app:/signed-in", code=1)
    run(applications, "add", "youhui-app", *given, "https://app.example/back")
    assert rows("SELECT redirect_uris FROM oauth_client") == [(["https://app.example/back"],)]
    run(applications, "disable", "youhui-app")
    assert "已停用" in run(applications, "list").stdout
    run(applications, "disable", "no", code=1)
