"""What may become of a table's rows when two accounts join: they move, are added up, or end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Table,
    bindparam,
    func,
    literal,
    select,
    text,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.ports.sealing import PersonalSeal


@dataclass(slots=True, kw_only=True)
class Pair:
    """`seal`: opens and seals what is bound to the row that it lies in. `renamed`: beginnings of causes that go on under another name, since what they name did."""

    elder: int
    younger: int
    moment: datetime
    seal: PersonalSeal | None = None
    renamed: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def ids(self) -> dict[str, int]:
        return {"elder": self.elder, "younger": self.younger}

    def cause(self, name: str) -> str:
        for before, after in self.renamed.items():
            if name.startswith(before):
                return after + name.removeprefix(before)
        return name

    def apart(self, name: str) -> str:
        """A cause that both had, each once: the younger's is told apart from the elder's."""
        return f"joined:{self.younger}:{name}"


Rule = Callable[[AsyncConnection, Table, Pair], Awaitable[int]]
"""How many rows were the younger's. The rows that went over are copies: those that were are
deleted when all tables have been gone through."""


def moves(*, elders_stay: bool = False) -> Rule:
    """Every row is the elder's. `elders_stay`: what the elder has under the same key stays as it
    is; else there can be none, or it is a fault."""

    async def moved(connection: AsyncConnection, table: Table, pair: Pair) -> int:
        await lock_rows(connection, table, pair)
        on_conflict = " ON CONFLICT DO NOTHING" if elders_stay else ""
        await connection.execute(text(f"{copied(table)}{on_conflict}"), pair.ids)
        return await count(connection, table, pair)

    return moved


def adds(*counted: str) -> Rule:
    """Counters of the same key are added up: joining gives no limit anew."""

    async def added(connection: AsyncConnection, table: Table, pair: Pair) -> int:
        await lock_rows(connection, table, pair)
        key = ", ".join(column.name for column in table.primary_key.columns)
        sums = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in counted)
        statement = f"{copied(table)} ON CONFLICT ({key}) DO UPDATE SET {sums}"
        await connection.execute(text(statement), pair.ids)
        return await count(connection, table, pair)

    return added


def moves_caused() -> Rule:
    """As `moves`, of rows that each were given for a cause, once a member."""

    async def moved(connection: AsyncConnection, table: Table, pair: Pair) -> int:
        await lock_rows(connection, table, pair)
        await rename_causes(connection, table, pair, pair.cause)
        await connection.execute(text(copied(table)), pair.ids)
        return await count(connection, table, pair)

    return moved


def ends() -> Rule:
    """Rows that mean nothing to the elder: they go."""
    return count


async def lock_rows(connection: AsyncConnection, table: Table, pair: Pair) -> None:
    """Sweeps change rows without the member's lock: what is copied is what is there at the end."""
    mine = select(literal(1)).select_from(table).where(table.c.user_id == pair.younger)
    await connection.execute(mine.with_for_update())


async def count(connection: AsyncConnection, table: Table, pair: Pair) -> int:
    mine = select(func.count()).select_from(table).where(table.c.user_id == pair.younger)
    return (await connection.execute(mine)).scalar_one()


async def rename_causes(
    connection: AsyncConnection,
    table: Table,
    pair: Pair,
    after: Callable[[str], str],
    where: ColumnElement[bool] | None = None,
) -> None:
    """The younger's causes, as they are to be among the elder's. The highest number first, so that
    none that grows meets one that has yet to."""
    which = true() if where is None else where
    own, others = [
        set(await connection.scalars(select(table.c.cause).where(table.c.user_id == each, which)))
        for each in (pair.younger, pair.elder)
    ]
    new = {name: after(name) for name in own - {None}}
    new = {name: pair.apart(name) if to in others else to for name, to in new.items()}
    changed = [
        {"cause_before": name, "cause_after": to}
        for name, to in sorted(new.items(), key=lambda each: _number(each[0]), reverse=True)
        if name != to
    ]
    if changed:
        mine = (table.c.user_id == pair.younger) & (table.c.cause == bindparam("cause_before"))
        renamed = update(table).where(mine, which).values(cause=bindparam("cause_after"))
        await connection.execute(renamed, changed)


def _number(cause: str) -> int:
    """Of the entry that a cause names; 0: it names none."""
    part = cause.split(":")[1] if ":" in cause else ""
    return int(part) if part.isdigit() else 0


def copied(table: Table, **others: str) -> str:
    """The statement that copies the younger's rows to the elder; `others`: columns that become
    something else."""
    names = [column.name for column in table.columns if column.name != "user_id"]
    into = ", ".join(["user_id", *names])
    values = ", ".join([":elder", *(others.get(name, f"source.{name}") for name in names)])
    # Names are the metadata's, and values are bound.
    return (
        f"INSERT INTO {table.name} ({into}) OVERRIDING SYSTEM VALUE"  # noqa: S608
        f" SELECT {values} FROM {table.name} AS source WHERE source.user_id = :younger"
    )
