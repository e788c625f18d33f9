"""Which version of which client used which document, in PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import Any

from sqlalchemy import cast, delete, func, select
from sqlalchemy.dialects.postgresql import BIGINT, insert
from sqlalchemy.ext.asyncio import AsyncEngine

from app.ports.contract_usage import UsedDocument, UsedOn, Uses
from app.storage.engine import reading, unavailable_on_fault
from app.storage.tables import ContractUsageRow, table_of

USAGE = table_of(ContractUsageRow)
DOCUMENT = (USAGE.c.channel, USAGE.c.app_version, USAGE.c.sha256, USAGE.c.operation)

_SAID = insert(USAGE)
ADD = _SAID.on_conflict_do_update(
    index_elements=[USAGE.c.used_on, USAGE.c.channel, USAGE.c.app_version, USAGE.c.sha256],
    set_={
        "uses": USAGE.c.uses + _SAID.excluded.uses,
        "last_at": func.greatest(USAGE.c.last_at, _SAID.excluded.last_at),
    },
)
LAST_USED = select(
    *DOCUMENT,
    cast(func.sum(USAGE.c.uses), BIGINT).label("uses"),
    func.max(USAGE.c.last_at).label("last_at"),
).group_by(*DOCUMENT)


class PostgresContractUsageRepository:
    """Implements `app.ports.contract_usage.ContractUsageRepository`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, uses: Mapping[UsedDocument, Uses]) -> None:
        """One statement; rows in one order, so that no two processes wait for each other."""
        if not uses:
            return
        rows = sorted((_row(document, count) for document, count in uses.items()), key=_key)
        async with unavailable_on_fault(), self._engine.begin() as connection:
            await connection.execute(ADD.values(rows))

    async def since(self, day: date) -> Sequence[UsedOn]:
        wanted = select(USAGE).where(USAGE.c.used_on >= day).order_by(USAGE.c.used_on, *DOCUMENT)
        async with reading(self._engine) as connection:
            rows = (await connection.execute(wanted)).all()
        return [UsedOn(row.used_on, _document(row), Uses(row.uses, row.last_at)) for row in rows]

    async def last_used(self) -> Mapping[UsedDocument, Uses]:
        async with reading(self._engine) as connection:
            rows = (await connection.execute(LAST_USED)).all()
        return {_document(row): Uses(row.uses, row.last_at) for row in rows}

    async def forget_before(self, day: date) -> int:
        async with unavailable_on_fault(), self._engine.begin() as connection:
            return (await connection.execute(delete(USAGE).where(USAGE.c.used_on < day))).rowcount


def _row(document: UsedDocument, uses: Uses) -> dict[str, Any]:
    return {
        "used_on": uses.last_at.astimezone(UTC).date(),
        "channel": document.channel,
        "app_version": document.version,
        "sha256": document.sha256,
        "operation": document.operation,
        "uses": uses.count,
        "last_at": uses.last_at,
    }


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["used_on"], row["channel"], row["app_version"], row["sha256"]


def _document(row: Any) -> UsedDocument:
    return UsedDocument(row.channel, row.app_version, row.sha256, row.operation)
