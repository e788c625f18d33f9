"""Ledgers of points and fuel credit in PostgreSQL, written and read under the member's lock."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, insert, not_, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.loyalty.account import Account, Move
from app.domain.loyalty.entry import Cause, Entry, EntryKind, Holding, Occasion, Posting
from app.domain.loyalty.lot import Lot
from app.domain.loyalty.unit import Unit
from app.storage.tables import (
    LedgerEntryRow,
    LedgerLotRow,
    LedgerPostingRow,
    LoyaltyAccountRow,
    table_of,
)

ACCOUNT = table_of(LoyaltyAccountRow)
ENTRY = table_of(LedgerEntryRow)
POSTING = table_of(LedgerPostingRow)
LOT = table_of(LedgerLotRow)

_CHANGING = ("remaining", "expired", "reversed", "released")


class PostgresAccountBook:
    """Implements `app.ports.accounts.AccountBook` on the connection of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def account(self, user_id: int, unit: Unit) -> Account:
        query = select(ACCOUNT).where(ACCOUNT.c.user_id == user_id, ACCOUNT.c.unit == unit.value)
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            return Account(unit=unit)
        return account_of(row, await self._lots(user_id, unit, LOT.c.remaining > 0))

    async def lots(self, user_id: int, unit: Unit, seqs: Iterable[int]) -> tuple[Lot, ...]:
        return await self._lots(user_id, unit, LOT.c.seq.in_(sorted(seqs)))

    async def lots_of_order(self, user_id: int, unit: Unit, order_id: int) -> tuple[Lot, ...]:
        return await self._lots(user_id, unit, LOT.c.order_id == order_id)

    async def entry_of(self, user_id: int, unit: Unit, cause: str) -> Entry | None:
        found = await self._entries(user_id, unit, ENTRY.c.cause == cause)
        return found[0] if found else None

    async def undoing(self, user_id: int, unit: Unit, seq: int) -> tuple[Entry, ...]:
        return await self._entries(user_id, unit, ENTRY.c.undoes == seq)

    async def write(self, user_id: int, move: Move) -> None:
        await self._connection.execute(_account_upsert(user_id, move.account))
        await self._connection.execute(insert(ENTRY), [entry_values(user_id, move.entry)])
        await self._connection.execute(insert(POSTING), posting_values(user_id, move.entry))
        await self._connection.execute(
            _LOT_UPSERT, [lot_values(user_id, move.entry.unit, lot) for lot in move.lots]
        )

    async def due(self, moment: datetime, at_most: int) -> Sequence[int]:
        waiting = and_(not_(LOT.c.released), LOT.c.releases_at <= moment)
        ended = and_(LOT.c.released, LOT.c.expires_at <= moment)
        query = (
            select(LOT.c.user_id)
            .where(LOT.c.remaining > 0, or_(waiting, ended))
            .distinct()
            .limit(at_most)
        )
        return (await self._connection.execute(query)).scalars().all()

    async def _lots(self, user_id: int, unit: Unit, which: ColumnElement[bool]) -> tuple[Lot, ...]:
        query = select(LOT).where(LOT.c.user_id == user_id, LOT.c.unit == unit.value, which)
        rows = await self._connection.execute(query.order_by(LOT.c.seq))
        return tuple(lot_of(row) for row in rows)

    async def _entries(
        self, user_id: int, unit: Unit, which: ColumnElement[bool]
    ) -> tuple[Entry, ...]:
        rows = await self._connection.execute(_with_postings(user_id, unit, which))
        parts: dict[int, list[Any]] = defaultdict(list)
        for row in rows:
            parts[row.seq].append(row)
        return tuple(entry_of(found[0], tuple(map(_posting_of, found))) for found in parts.values())


def _with_postings(
    user_id: int, unit: Unit, which: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    """Each entry as often as it has postings, in their order."""
    moved = POSTING.c.amount.label("moved")
    return (
        select(ENTRY, POSTING.c.holding, POSTING.c.lot_seq, moved)
        .join(
            POSTING,
            and_(
                POSTING.c.user_id == ENTRY.c.user_id,
                POSTING.c.unit == ENTRY.c.unit,
                POSTING.c.entry_seq == ENTRY.c.seq,
            ),
        )
        .where(ENTRY.c.user_id == user_id, ENTRY.c.unit == unit.value, which)
        .order_by(ENTRY.c.seq, POSTING.c.place)
    )


def _account_upsert(user_id: int, account: Account) -> Any:
    values = account_values(user_id, account)
    statement = upsert(ACCOUNT).values(values)
    changed = {name: statement.excluded[name] for name in values if name not in ("user_id", "unit")}
    return statement.on_conflict_do_update(index_elements=["user_id", "unit"], set_=changed)


def _lot_upsert() -> Any:
    statement = upsert(LOT)
    return statement.on_conflict_do_update(
        index_elements=["user_id", "unit", "seq"],
        set_={name: statement.excluded[name] for name in _CHANGING},
    )


_LOT_UPSERT = _lot_upsert()


def account_values(user_id: int, account: Account) -> Mapping[str, object]:
    return {
        "user_id": user_id,
        "unit": account.unit.value,
        "available": account.available,
        "pending": account.pending,
        "owed": account.owed,
        "entries": account.entries,
    }


def entry_values(user_id: int, entry: Entry) -> Mapping[str, object]:
    return {
        "user_id": user_id,
        "unit": entry.unit.value,
        "seq": entry.seq,
        "kind": entry.kind.value,
        "cause": entry.cause.name,
        "occasion": entry.cause.occasion.value,
        "order_id": entry.cause.order_id,
        "at": entry.at,
        "amount": entry.amount,
        "pending": entry.pending,
        "available_after": entry.available_after,
        "undoes": entry.undoes,
    }


def posting_values(user_id: int, entry: Entry) -> Sequence[Mapping[str, object]]:
    return [
        {
            "user_id": user_id,
            "unit": entry.unit.value,
            "entry_seq": entry.seq,
            "place": place,
            "holding": posting.holding.value,
            "lot_seq": posting.lot,
            "amount": posting.amount,
        }
        for place, posting in enumerate(entry.postings)
    ]


def lot_values(user_id: int, unit: Unit, lot: Lot) -> Mapping[str, object]:
    return {
        "user_id": user_id,
        "unit": unit.value,
        "seq": lot.seq,
        "amount": lot.amount,
        "remaining": lot.left,
        "expired": lot.expired,
        "reversed": lot.reversed_,
        "released": lot.released,
        "releases_at": lot.releases_at,
        "expires_at": lot.expires_at,
        "occasion": lot.occasion.value,
        "order_id": lot.order_id,
    }


def account_of(row: Any, lots: tuple[Lot, ...]) -> Account:
    return Account(
        unit=Unit(row.unit),
        available=row.available,
        pending=row.pending,
        owed=row.owed,
        entries=row.entries,
        lots=lots,
    )


def lot_of(row: Any) -> Lot:
    return Lot(
        seq=row.seq,
        amount=row.amount,
        left=row.remaining,
        released=row.released,
        releases_at=row.releases_at,
        expires_at=row.expires_at,
        occasion=Occasion(row.occasion),
        order_id=row.order_id,
        expired=row.expired,
        reversed_=row.reversed,
    )


def entry_of(row: Any, postings: tuple[Posting, ...] = ()) -> Entry:
    """An entry, without its postings where none are given."""
    return Entry(
        unit=Unit(row.unit),
        seq=row.seq,
        kind=EntryKind(row.kind),
        cause=Cause(name=row.cause, occasion=Occasion(row.occasion), order_id=row.order_id),
        at=row.at,
        amount=row.amount,
        pending=row.pending,
        available_after=row.available_after,
        undoes=row.undoes,
        postings=postings,
    )


def _posting_of(row: Any) -> Posting:
    return Posting(holding=Holding(row.holding), lot=row.lot_seq, amount=row.moved)
