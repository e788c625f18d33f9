"""Members, their habits and favourites, read in batches."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from app.domain.profiles.member import Habits, Member


class MemberRepository(Protocol):
    """Each method runs one statement; ids that do not exist are absent from the answer.

    When the database is down each raises `StorageUnavailable`.
    """

    async def members(self, user_ids: Sequence[int]) -> Mapping[int, Member]: ...

    async def habits(self, user_ids: Sequence[int]) -> Mapping[int, Habits]: ...

    async def favourite_station_ids(
        self, user_ids: Sequence[int]
    ) -> Mapping[int, frozenset[int]]: ...
