"""Counters of limits, budgets and stock in PostgreSQL: exact under any concurrency.

A member's own counters are rows of their own, under the member's lock. Those that many share are
changed by one conditional statement; of TOTAL, which all share, there are several rows a counter,
and each member counts on one of them as long as its grant lasts (`app.domain.promotions.escrow`).
"""

from collections.abc import Iterable, Sequence
from typing import Any, LiteralString

from sqlalchemy import BigInteger, Date, SmallInteger, Text, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.promotions.escrow import Bounds, Slot, lowered, regranted, used_of
from app.domain.promotions.limits import LimitPer
from app.domain.promotions.usage import NOTHING_USED, CounterKey, Used

DEFAULT_SLOTS = 16

_TYPES = {
    **dict.fromkeys(("code", "per", "subject", "period"), Text()),
    "period_start": Date(),
    "slot": SmallInteger(),
    **dict.fromkeys(("user_id", "uses", "fen", "max_uses", "max_fen"), BigInteger()),
    "wide": BigInteger(),
    "slots": ARRAY(SmallInteger),
    **dict.fromkeys(("each_uses", "each_fen", "grant_uses", "grant_fen"), ARRAY(BigInteger)),
}


def _statement(*parts: LiteralString) -> TextClause:
    """Its parts joined, with the types of the parameters that it names: PostgreSQL cannot tell
    those of a NULL."""
    clause = text(" ".join(parts))
    # What `text` found in the statement is in no public attribute but its compiled parameters.
    named = clause.compile().params
    return clause.bindparams(*(bindparam(name, type_=_TYPES[name]) for name in named))


_KEY: LiteralString = """
code = :code AND per = :per AND subject = :subject
AND period = :period AND period_start = :period_start
"""
_OWN_KEY: LiteralString = """
user_id = :user_id AND code = :code AND period = :period AND period_start = :period_start
"""

ADD_OWN = _statement("""
INSERT INTO promotion_usage AS had (user_id, code, period, period_start, uses, fen)
SELECT :user_id, :code, :period, :period_start, :uses, :fen
WHERE (:max_uses IS NULL OR :uses <= :max_uses) AND (:max_fen IS NULL OR :fen <= :max_fen)
ON CONFLICT (user_id, code, period, period_start) DO UPDATE
SET uses = had.uses + excluded.uses, fen = had.fen + excluded.fen
WHERE (:max_uses IS NULL OR had.uses + excluded.uses <= :max_uses)
AND (:max_fen IS NULL OR had.fen + excluded.fen <= :max_fen)
RETURNING 1
""")
OWN_USED = _statement(
    "SELECT uses, fen FROM promotion_usage WHERE",
    _OWN_KEY,
)
LOWER_OWN = _statement(
    """
UPDATE promotion_usage SET uses = greatest(uses - :uses, 0), fen = greatest(fen - :fen, 0)
WHERE""",
    _OWN_KEY,
)

ADD = _statement(
    """
UPDATE promotion_counter SET uses = uses + :uses, fen = fen + :fen
WHERE""",
    _KEY,
    """ AND slot = :slot
AND max_uses IS NOT DISTINCT FROM :max_uses AND max_fen IS NOT DISTINCT FROM :max_fen
AND (granted_uses IS NULL OR uses + :uses <= granted_uses)
AND (granted_fen IS NULL OR fen + :fen <= granted_fen)
RETURNING 1""",
)
LOWER = _statement(
    """
UPDATE promotion_counter SET uses = uses - :uses, fen = fen - :fen
WHERE""",
    _KEY,
    """ AND slot = :slot AND uses >= :uses AND fen >= :fen
RETURNING 1""",
)
WHOLE = _statement(
    """
SELECT count(*) AS parts, coalesce(sum(uses), 0)::bigint AS uses,
coalesce(sum(fen), 0)::bigint AS fen
FROM promotion_counter WHERE""",
    _KEY,
)
MAKE = _statement("""
INSERT INTO promotion_counter (code, per, subject, period, period_start, slot)
SELECT :code, :per, :subject, :period, :period_start, number
FROM generate_series(0, :wide - 1) AS number ORDER BY number
ON CONFLICT DO NOTHING
""")
LOCK = _statement(
    """
SELECT slot, uses, fen, granted_uses, granted_fen
FROM promotion_counter WHERE""",
    _KEY,
    "ORDER BY slot FOR UPDATE",
)
DEAL = _statement(
    """
UPDATE promotion_counter AS part
SET uses = dealt.uses, fen = dealt.fen, granted_uses = dealt.granted_uses,
granted_fen = dealt.granted_fen, max_uses = :max_uses, max_fen = :max_fen
FROM unnest(:slots, :each_uses, :each_fen, :grant_uses, :grant_fen)
    AS dealt (slot, uses, fen, granted_uses, granted_fen)
WHERE""",
    _KEY,
    "AND part.slot = dealt.slot",
)
LOWER_EACH = _statement(
    """
UPDATE promotion_counter AS part SET uses = left_.uses, fen = left_.fen
FROM unnest(:slots, :each_uses, :each_fen) AS left_ (slot, uses, fen)
WHERE""",
    _KEY,
    "AND part.slot = left_.slot",
)


class PostgresCounterBook:
    """Implements `app.ports.counters.CounterBook`. `spread`: chooses the part to count on, equal
    for one member; `slots`: parts of a counter that all share."""

    def __init__(
        self, connection: AsyncConnection, spread: int, slots: int = DEFAULT_SLOTS
    ) -> None:
        self._connection = connection
        self._spread = spread
        self._slots = slots

    async def add(self, key: CounterKey, used: Used, bounds: Bounds) -> Used | None:
        if key.per is LimitPer.USER:
            return await self._add_own(key, used, bounds)
        given = {**self._named(key), **_amounts(used), **_bounds(bounds)}
        if await self._hit_part(ADD, given):
            return None
        return await self._add_by_dealing(key, used, bounds)

    async def give_back(self, key: CounterKey, used: Used) -> None:
        if key.per is LimitPer.USER:
            await self._connection.execute(LOWER_OWN, {**_own(key), **_amounts(used)})
        elif not await self._hit_part(LOWER, {**self._named(key), **_amounts(used)}):
            slots = await self._locked(key)
            given = {**_name(key), **_parts(lowered(slots, used, self._mine(key)))}
            await self._connection.execute(LOWER_EACH, given)

    async def _add_own(self, key: CounterKey, used: Used, bounds: Bounds) -> Used | None:
        given = {**_own(key), **_amounts(used), **_bounds(bounds)}
        if await self._hit(ADD_OWN, given):
            return None
        row = (await self._connection.execute(OWN_USED, _own(key))).first()
        return NOTHING_USED if row is None else Used(row.uses, row.fen)

    async def _add_by_dealing(self, key: CounterKey, used: Used, bounds: Bounds) -> Used | None:
        """What is used up is told without a lock: a hot budget that is gone holds nobody up."""
        wide = self._wide(key)
        whole = (await self._connection.execute(WHOLE, _name(key))).one()
        if not bounds.hold(Used(whole.uses + used.uses, whole.fen + used.fen)):
            return Used(whole.uses, whole.fen)
        if whole.parts < wide:
            await self._connection.execute(MAKE, {**_name(key), "wide": wide})
        slots = await self._locked(key)
        dealt = regranted(slots, bounds, used, self._mine(key), wide)
        if dealt is None:
            return used_of(slots)
        given = {**_name(key), **_parts(dealt), **_grants(dealt), **_bounds(bounds)}
        await self._connection.execute(DEAL, given)
        return None

    async def _locked(self, key: CounterKey) -> list[Slot]:
        """All parts, locked in the order of their numbers, as everyone does."""
        rows = await self._connection.execute(LOCK, _name(key))
        return [
            Slot(
                number=row.slot,
                used=Used(row.uses, row.fen),
                granted_uses=row.granted_uses,
                granted_fen=row.granted_fen,
            )
            for row in rows
        ]

    async def _hit_part(self, statement: TextClause, given: dict[str, Any]) -> bool:
        """Whether one part alone could do it. One that had to be waited for and then could not is
        locked all the same: that lock is let go, for to hold it and wait for the other parts, in
        their order, would be a deadlock."""
        await self._connection.exec_driver_sql("SAVEPOINT one_part")
        if await self._hit(statement, given):
            return True
        await self._connection.exec_driver_sql("ROLLBACK TO SAVEPOINT one_part")
        return False

    async def _hit(self, statement: TextClause, given: dict[str, Any]) -> bool:
        return (await self._connection.execute(statement, given)).first() is not None

    def _wide(self, key: CounterKey) -> int:
        return self._slots if key.per is LimitPer.TOTAL else 1

    def _mine(self, key: CounterKey) -> int:
        return self._spread % self._wide(key)

    def _named(self, key: CounterKey) -> dict[str, Any]:
        return {**_name(key), "slot": self._mine(key)}


def _name(key: CounterKey) -> dict[str, Any]:
    return {
        "code": key.code,
        "per": key.per.value,
        "subject": key.subject,
        "period": key.period.value,
        "period_start": key.start,
    }


def _own(key: CounterKey) -> dict[str, Any]:
    return {
        "user_id": int(key.subject),
        "code": key.code,
        "period": key.period.value,
        "period_start": key.start,
    }


def _amounts(used: Used) -> dict[str, Any]:
    return {"uses": used.uses, "fen": used.fen}


def _bounds(bounds: Bounds) -> dict[str, Any]:
    return {"max_uses": bounds.max_uses, "max_fen": bounds.max_fen}


def _parts(slots: Iterable[Slot]) -> dict[str, Any]:
    listed = list(slots)
    return {
        "slots": [slot.number for slot in listed],
        "each_uses": [slot.used.uses for slot in listed],
        "each_fen": [slot.used.fen for slot in listed],
    }


def _grants(slots: Sequence[Slot]) -> dict[str, Any]:
    return {
        "grant_uses": [slot.granted_uses for slot in slots],
        "grant_fen": [slot.granted_fen for slot in slots],
    }
