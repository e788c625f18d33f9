"""Staff over a database of the test's own, with a clock that is moved by hand."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from app.domain.audit.record import Actor, ActorKind
from app.domain.identity.roles import Role
from app.main import create_app
from app.outside import Outside, SystemClock
from app.resolvers.desk import Desk
from app.resolvers.staff_access import NewSecrets, add_staff
from app.security.totp import code_at
from app.settings import Settings
from tests.support.seeded import MOMENT


@dataclass
class Office:
    """`url`: the database. `moment`: the clock of every process of the test."""

    http: TestClient
    outside: Outside
    settings: Settings
    moment: datetime = field(default=MOMENT)

    def later(self, **span: Any) -> None:
        self.moment += timedelta(**span)

    def act(self, use: Callable[[Outside, Desk], Awaitable[Any]], by: str = "root") -> Any:
        """As a command does: in a process of its own."""

        async def acted() -> Any:
            outside = Outside.of(self.settings)
            async with outside.running():
                desk = outside.desk_of(Actor(kind=ActorKind.OPERATOR, name=by))
                return await use(outside, desk)

        return asyncio.run(acted())

    def appoint(
        self, name: str, *roles: Role, by: str = "root", at: tuple[int, ...] = ()
    ) -> NewSecrets:
        return self.act(lambda o, desk: add_staff(desk, o.staff_desk, name, roles, at), by)

    def sign_in(self, name: str, password: str, code: str, **headers: str) -> httpx2.Response:
        body = {"name": name, "password": password, "code": code}
        return self.http.post("/staff/sign-in", json=body, headers=headers)

    def enter(self, name: str, shown: NewSecrets) -> httpx2.Response:
        """With the present code."""
        return self.sign_in(name, shown.password, code_at(shown.totp_seed, self.moment))

    def bearer(self, name: str, shown: NewSecrets) -> dict[str, str]:
        """Headers of somebody who has signed in."""
        answer = self.enter(name, shown)
        assert answer.status_code == 200, answer.text
        self.later(seconds=30)  # the next code is another
        return {"Authorization": f"Bearer {answer.json()['accessToken']}"}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        async def read(outside: Outside, _: Desk) -> list[tuple[Any, ...]]:
            async with outside.engine.connect() as connection:
                return [tuple(row) for row in await connection.execute(text(query))]

        return self.act(read)


@pytest.fixture
def office(
    seeded_copy_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    settings = Settings(
        database_url=seeded_copy_url,
        redis_url=None,
        demo=True,
        data_dir=tmp_path,
        operation_deadline_s=120,
    )
    monkeypatch.setenv("YOUHUI_LIMITS_ENABLED", "0")
    app = create_app(settings)
    with TestClient(app) as http:
        office = Office(http, app.state.outside, settings)
        monkeypatch.setattr(SystemClock, "now", lambda _: office.moment)
        yield office
