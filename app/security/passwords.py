"""Passwords of staff: argon2id, off the event loop's thread."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerifyMismatchError

T = TypeVar("T")
AT_ONCE = 2
"""Hashes of a process that are computed at once: each takes 64 MiB."""


class ArgonPasswords:
    """Implements `app.ports.staff.Passwords`. 64 MiB and three passes, as RFC 9106 recommends
    second; a hash names its own parameters, so they may rise later."""

    def __init__(self, memory_kib: int = 65_536, passes: int = 3, lanes: int = 4) -> None:
        self._hasher = PasswordHasher(
            time_cost=passes, memory_cost=memory_kib, parallelism=lanes, type=Type.ID
        )
        self._nobodys: str | None = None
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        return await self._apart(lambda: self._hasher.hash(password))

    async def holds(self, password_hash: str, password: str) -> bool:
        try:
            return await self._apart(lambda: self._hasher.verify(password_hash, password))
        except (VerifyMismatchError, InvalidHashError):
            return False

    async def waste(self, password: str) -> None:
        if self._nobodys is None:
            self._nobodys = await self.hash("nobody's password")
        await self.holds(self._nobodys, password)

    def outdated(self, password_hash: str) -> bool:
        return self._hasher.check_needs_rehash(password_hash)

    async def _apart(self, work: Callable[[], T]) -> T:
        async with self._turns:
            return await asyncio.to_thread(work)
