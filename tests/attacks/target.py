"""The servers that are aimed at, over the small seed: the demo's, which runs what is sent, and one as
in production, which runs what was shipped."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import yaml

from app.gateway.trusted.shelf import MANIFESTS, Shelf
from app.main import PERSONAS
from app.security.access_tokens import AccessTokens
from app.security.keys import SigningKeys
from tests.attacks.forging import Forger
from tests.attacks.reading import Case
from tests.e2e.live import Live, serving

PLAIN = "{ now }"
FACETS = "StationFacets"
SERVED: dict[str, dict[str, str]] = {
    "open": {"YOUHUI_TRUSTED_PROXIES": "127.0.0.1"},
    "trusted": {"YOUHUI_DEMO": "", "YOUHUI_TRUSTED_PROXIES": "127.0.0.1"},
}


@dataclass
class Target:
    """`keys`: what the servers sign with. `stolen`: what cases found out before."""

    servers: dict[str, Live]
    keys: SigningKeys
    members: dict[str, int]
    document_ids: dict[str, str]
    stolen: dict[str, Any] = field(default_factory=dict)

    @property
    def forger(self) -> Forger:
        return Forger(self.keys)

    def token(self, persona: str) -> str:
        return AccessTokens(self.keys).issue(self.members[persona], datetime.now(UTC))

    def bearer(self, case: Case) -> str | None:
        if case.token is not None:
            return self.forger.token(case.token)
        return None if case.persona is None else self.token(case.persona)

    def plain(self, server: str) -> tuple[str, bytes]:
        """What any client may ask there at any time: its name, and the body."""
        if server == "trusted":
            return FACETS, orjson.dumps({"documentId": self.document_ids[FACETS]})
        return PLAIN, orjson.dumps({"query": PLAIN})


def _members() -> dict[str, int]:
    found = yaml.safe_load(PERSONAS.read_text("utf-8"))["personas"]
    return {persona["name"]: persona["user_id"] for persona in found}


def _document_ids() -> dict[str, str]:
    return {
        document.name: f"sha256:{document.sha256}"
        for manifest in Shelf.kept_in(MANIFESTS).manifests
        for document in manifest.documents.values()
    }


@contextmanager
def target(database_url: str, redis_url: str | None, folder: Path) -> Iterator[Target]:
    keys = folder / "open"
    with (
        serving(database_url, redis_url, keys, **SERVED["open"]) as open_,
        serving(database_url, redis_url, folder / "trusted", **SERVED["trusted"]) as trusted,
    ):
        yield Target(
            servers={"open": open_, "trusted": trusted},
            keys=SigningKeys.kept_under(keys),
            members=_members(),
            document_ids=_document_ids(),
        )
