"""A database in memory with the properties that use cases rely on: transactions that see what was
committed before each of their statements, row locks held to the end, savepoints, and no more.
"""

import itertools
import random
from collections.abc import AsyncIterator, Hashable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from app.ports.errors import StorageConflict, StorageUnavailable
from tests.simulation.scheduler import turn

Key = tuple[Hashable, ...]
GONE = object()
LONGEST_WAIT = 400
"""Turns after which a wait for a lock is called a deadlock."""


@dataclass
class Failures:
    """How likely each statement and each commit fails. A commit fails before or after it took
    effect: the caller cannot tell."""

    chance: random.Random
    statement: float = 0.0
    commit: float = 0.0
    injected: int = 0

    def strike(self, rate: float) -> bool:
        struck = rate > 0 and self.chance.random() < rate
        self.injected += struck
        return struck


@dataclass
class Store:
    """`tables`: what is committed, by table and key. `locks`: who holds a row."""

    failures: Failures
    tables: dict[str, dict[Key, Any]] = field(default_factory=dict)
    locks: dict[tuple[str, Key], "Transaction"] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["Transaction"]:
        """Committed at the end of the block; undone when it raises."""
        transaction = Transaction(self)
        try:
            yield transaction
            await transaction.commit()
        finally:
            transaction.let_go()

    def rows(self, table: str) -> dict[Key, Any]:
        return self.tables.setdefault(table, {})


@dataclass(eq=False)
class Transaction:
    """`written`: what it changed and nobody else sees yet."""

    store: Store
    written: dict[tuple[str, Key], Any] = field(default_factory=dict)
    held: list[tuple[str, Key]] = field(default_factory=list)

    async def statement(self, label: str) -> None:
        """Before each statement: others may go first, and it may fail."""
        await turn(label)
        if self.store.failures.strike(self.store.failures.statement):
            raise StorageUnavailable(f"before: {label}")

    async def lock(self, table: str, key: Key) -> None:
        """Waits for the row's lock; it is held to the end. A wait without end is a deadlock."""
        place = (table, key)
        for _ in range(LONGEST_WAIT):
            if self.store.locks.get(place, self) is self:
                break
            await turn(f"waits for {place}")
        else:
            raise StorageConflict(f"deadlock at {place}")
        if place not in self.held:
            self.store.locks[place] = self
            self.held.append(place)

    def get(self, table: str, key: Key) -> Any:
        """What this transaction sees of a row now; None: there is none."""
        place = (table, key)
        found = self.written[place] if place in self.written else self.store.rows(table).get(key)
        return None if found is GONE else found

    def rows(self, table: str) -> dict[Key, Any]:
        """All rows it sees, by key."""
        seen = dict(self.store.rows(table))
        for (written_table, key), value in self.written.items():
            if written_table == table:
                seen[key] = value
        return {key: value for key, value in seen.items() if value is not GONE}

    async def put(self, table: str, key: Key, value: Any) -> None:
        """Inserts or updates, under the row's lock."""
        await self.lock(table, key)
        self.written[table, key] = value

    def held_by_others(self, table: str, key: Key) -> bool:
        return self.store.locks.get((table, key), self) is not self

    async def remove(self, table: str, key: Key) -> None:
        await self.put(table, key, GONE)

    def new_id(self) -> int:
        return next(self.store.ids)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        before = dict(self.written)
        try:
            yield
        except BaseException:
            self.written = before
            raise

    async def commit(self) -> None:
        await turn("commit")
        failures = self.store.failures
        if failures.strike(failures.commit / 2):
            raise StorageUnavailable("before the commit")
        for (table, key), value in self.written.items():
            rows = self.store.rows(table)
            if value is GONE:
                rows.pop(key, None)
            else:
                rows[key] = value
        self.written = {}
        if failures.strike(failures.commit / 2):
            raise StorageUnavailable("after the commit")

    def let_go(self) -> None:
        for place in self.held:
            del self.store.locks[place]
        self.held = []
