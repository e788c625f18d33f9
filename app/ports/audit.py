"""Audit records, inside a transaction."""

from typing import Protocol

from app.domain.audit.record import AuditRecord


class AuditTrail(Protocol):
    """Part of a `Work`: a record exists exactly if what it tells of was committed."""

    async def add(self, record: AuditRecord) -> None: ...
