"""What members set for themselves, written."""

from typing import Protocol

from app.domain.profiles.member import Preferences


class PreferenceBook(Protocol):
    """Under the member's lock: nobody else writes the same member's meanwhile."""

    async def find(self, user_id: int) -> Preferences:
        """As they are; those of a new member where nothing was ever set."""
        ...

    async def save(self, user_id: int, preferences: Preferences) -> None: ...

    async def set_favourite(self, user_id: int, station_id: int, *, favourite: bool) -> bool:
        """True where it was not so before. A station that is not there any more: False."""
        ...
