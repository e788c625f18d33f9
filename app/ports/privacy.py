"""A member's consents, copies of their data, and their erasure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from app.domain.identity.privacy import Consent, Export, PrivacyStanding


class PrivacyBook(Protocol):
    """In the caller's transaction, under the member's lock."""

    async def consent(self, user_id: int, consent: Consent) -> bool:
        """Kept beside those before; False: this version was consented to before."""
        ...

    async def open_export(self, user_id: int) -> Export | None:
        """One that is asked for and not made yet."""
        ...

    async def ask_export(self, user_id: int, moment: datetime) -> Export:
        """Instead of any before."""
        ...

    async def make_export(self, export: Export, expires_at: datetime) -> None:
        """Everything that is the member's, sealed."""
        ...

    async def purge_exports(self, moment: datetime) -> int:
        """Copies that are over, whoever's: no member's lock is needed. How many."""
        ...

    async def erasure_at(self, user_id: int) -> datetime | None:
        """None: nobody wished it, or it was taken back, or it is done."""
        ...

    async def ask_erasure(self, user_id: int, moment: datetime, due_at: datetime) -> None: ...

    async def take_erasure_back(self, user_id: int) -> None: ...

    async def unfinished(self, user_id: int) -> bool:
        """Whether money or goods are still under way: then nothing can be erased yet."""
        ...

    async def erase(self, user_id: int, moment: datetime) -> None:
        """What is personal is gone; what the law keeps stays under the bare number."""
        ...

    async def due(self, moment: datetime, at_most: int) -> Sequence[int]:
        """Members whose erasure is due. For sweeps: it takes no lock."""
        ...


class PrivacyRepository(Protocol):
    """When the database is down each method raises `StorageUnavailable`."""

    async def standing(self, user_id: int) -> PrivacyStanding:
        """One statement."""
        ...

    async def archive(self, user_id: int, export_id: int, moment: datetime) -> str | None:
        """A copy's text, in JSON; None: there is none (any more)."""
        ...
