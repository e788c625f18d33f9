"""Audit records: added inside a transaction, and searched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.audit.record import AuditRecord


class AuditTrail(Protocol):
    """Part of a `Work`: a record exists exactly if what it tells of was committed."""

    async def add(self, record: AuditRecord) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditWanted:
    """All that are given must hold. `act`: the whole of it, or its first word and a dot, e.g.
    "order."; `since` inclusive, `until` not; `before_id`: older than that record."""

    user_id: int | None = None
    actor: str | None = None
    act: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before_id: int | None = None


@dataclass(frozen=True, slots=True)
class KeptRecord:
    id: int
    record: AuditRecord


class AuditSearch(Protocol):
    async def search(self, wanted: AuditWanted, at_most: int) -> Sequence[KeptRecord]:
        """Newest first. Raises `StorageUnavailable`."""
        ...
