"""One server over a database in which two members own one of everything."""

import asyncio
import logging
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from app.domain.identity.principal import Principal
from app.main import create_app
from app.outside import SystemClock
from app.security.access_tokens import AccessTokens
from app.settings import Settings
from tests.access.people import Owner, askers, two_owners
from tests.support.databases import DatabaseFactory
from tests.support.seeded import MOMENT


@dataclass
class House:
    """`people`: everyone who may ask, by name. `answers`: how many were given."""

    http: TestClient
    tokens: AccessTokens
    database_url: str
    owners: tuple[Owner, Owner]
    people: Mapping[str, Principal | None]
    answers: int = field(default=0)

    def ask(self, who: str, query: str, **variables: Any) -> dict[str, Any]:
        """The body of the answer, without places in the document."""
        headers = {"Accept": "application/json"}
        principal = self.people[who]
        if principal is not None:
            headers["Authorization"] = f"Bearer {self.tokens.issue(principal, MOMENT)}"
        self.answers += 1
        body = {"query": query, "variables": variables}
        answer = self.http.post("/graphql", json=body, headers=headers).json()
        for error in answer.get("errors", ()):
            error.pop("locations", None)
        return answer


@pytest.fixture(scope="module")
def house(databases: DatabaseFactory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    patch = pytest.MonkeyPatch()
    patch.setattr(SystemClock, "now", lambda _: MOMENT)
    patch.setenv("YOUHUI_LIMITS_ENABLED", "0")  # what is tested is who reads, not how much
    patch.setenv("YOUHUI_LIMITS_COST", "10000000")
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    with databases.database(databases.seeded_template()) as url, patch.context():
        owners = asyncio.run(two_owners(url))
        people = asyncio.run(askers(url, owners))
        settings = Settings(
            database_url=url,
            redis_url=None,
            demo=True,
            data_dir=tmp_path_factory.mktemp("access"),
            operation_deadline_s=120,  # a busy machine is not what is tested
            sealing_key=SecretStr(b64encode(bytes(32)).decode()),  # as `SEALER` of the purchases
        )
        app = create_app(settings)
        with TestClient(app) as http:
            tokens = AccessTokens(app.state.outside.keys)
            yield House(http, tokens, url, owners, people)
    patch.undo()
