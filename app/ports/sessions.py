"""Sessions of members: in a transaction, and read on their own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from app.domain.identity.session import Session, SessionEnd
from app.domain.shared.channel import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """`seed`: 32 random bytes. With the server's key they prove the session's refresh tokens;
    neither does alone."""

    user_id: int
    channel: Channel
    device: str | None
    app_version: str | None
    opened_at: datetime
    seed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeptSession:
    session: Session
    seed: bytes = field(repr=False)


class SessionBook(Protocol):
    """Part of a `Work`. Ended sessions stay ended: nothing here revives one."""

    async def open(self, new: NewSession) -> int:
        """The new session's id. The member exists."""
        ...

    async def find(self, user_id: int, session_id: int) -> KeptSession | None:
        """As it is committed now, ended or not."""
        ...

    async def rotate(
        self, user_id: int, session_id: int, generation: int, at: datetime, app_version: str | None
    ) -> bool:
        """From this generation to the next, in one conditional statement: of all who ask at once
        exactly one is answered True. False: it is of another generation, or has ended.
        `app_version` None: the one that is known stays."""
        ...

    async def end(
        self, user_id: int, session_ids: Sequence[int] | None, at: datetime, why: SessionEnd
    ) -> tuple[int, ...]:
        """The ids of those that ended by this; None: all of the member's."""
        ...

    async def alive(self, user_id: int, seen_after: datetime) -> Sequence[Session]:
        """Not ended and seen after that instant, the last seen first."""
        ...

    async def purge(self, ended_before: datetime, seen_before: datetime, at_most: int) -> int:
        """Deletes sessions that ended, or were last seen, before then. How many."""
        ...


class SessionRepository(Protocol):
    async def alive(self, user_id: int, seen_after: datetime) -> Sequence[Session]:
        """As `SessionBook.alive`. Raises `StorageUnavailable`."""
        ...
