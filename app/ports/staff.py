"""People of staff: what is kept of them, and what proves who they are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from app.domain.identity.staff import Lock, Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSecrets:
    """Never in clear: `password_hash` in the hash's own format, `totp_sealed` for the place
    `totp_place(id)`, `recovery_hashes` of codes that are used once each."""

    password_hash: str = field(repr=False)
    totp_sealed: bytes = field(repr=False)
    recovery_hashes: Sequence[bytes] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStaff:
    """`totp_step`: the last step whose code was taken: it is not taken again."""

    staff: Staff
    secrets: StaffSecrets
    lock: Lock
    totp_step: int


def totp_place(name: str) -> str:
    """Where a seed is sealed for: a row's own, so that it opens in no other. `name`: folded."""
    return f"staff.totp:{name}"


class StaffBook(Protocol):
    """Part of a `Work`. Names are folded (`app.domain.shared.names`) where they
    are compared."""

    async def by_name(self, folded: str) -> KnownStaff | None:
        """Locks the row to the end of the transaction. Without recovery codes."""
        ...

    async def add(
        self, staff: Staff, folded: str, secrets: StaffSecrets, at: datetime
    ) -> int | None:
        """The new id (that of `staff` is not looked at). None: the name is taken."""
        ...

    async def change(self, staff: Staff) -> None:
        """Roles, stations, generation, whether disabled."""
        ...

    async def reset(self, staff_id: int, secrets: StaffSecrets) -> None:
        """New secrets instead of all those before, and no lock."""
        ...

    async def keep_lock(self, staff_id: int, lock: Lock) -> None: ...

    async def take_step(self, staff_id: int, step: int) -> None: ...

    async def use_recovery(self, staff_id: int, hashes: Sequence[bytes], at: datetime) -> bool:
        """Whether one of them was there and not used; then it is now."""
        ...

    async def keep_hash(self, staff_id: int, password_hash: str) -> None:
        """The same password, hashed anew."""
        ...


class StaffRepository(Protocol):
    """When the database is down each method raises `StorageUnavailable`."""

    async def find(self, staff_id: int) -> Staff | None: ...

    async def listed(self) -> Sequence[tuple[Staff, Lock]]:
        """Everyone, by name."""
        ...


class Passwords(Protocol):
    """Slow on purpose; they never run on the event loop's own thread."""

    async def hash(self, password: str) -> str: ...

    async def holds(self, password_hash: str, password: str) -> bool: ...

    async def waste(self, password: str) -> None:
        """As long as `holds` takes: so that nobody learns by the time which names exist."""
        ...

    def outdated(self, password_hash: str) -> bool:
        """Made with weaker parameters than today's."""
        ...


class OneTimeCodes(Protocol):
    """TOTP (RFC 6238): six digits every 30 seconds from a shared seed."""

    def new_seed(self) -> str:
        """Base32, as authenticator apps take it."""
        ...

    def step_of(self, seed: str, code: str, at: datetime) -> int | None:
        """The step that the code is of: the present one, or one beside it; else None."""
        ...

    def link(self, seed: str, name: str) -> str:
        """An otpauth:// address for a QR code."""
        ...
