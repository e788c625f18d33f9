"""Links to copies of members' data: sealed, short-lived, told to the member alone."""

from dataclasses import dataclass
from datetime import datetime

import orjson

from app.domain.identity.privacy import LINK_LASTS, Export
from app.ports.sealing import Sealer
from app.security.sealed_words import open_word, sealed_word

PLACE = "data export link"
PATH = "/privacy/exports"


@dataclass(frozen=True, slots=True)
class ExportLinks:
    sealer: Sealer

    def link(self, export: Export, moment: datetime) -> str:
        """A path on this host."""
        until = int((moment + LINK_LASTS).timestamp())
        named = orjson.dumps([export.user_id, export.id, until]).decode()
        return f"{PATH}/{sealed_word(self.sealer, named, PLACE)}"

    def read(self, word: str, moment: datetime) -> tuple[int, int] | None:
        """(user id, export id); None: not one of ours, or its time is over."""
        opened = open_word(self.sealer, word, PLACE)
        if opened is None:
            return None
        user_id, export_id, until = orjson.loads(opened)
        return (user_id, export_id) if moment.timestamp() < until else None
