"""Members in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.profiles.member import Habits, Member
from app.ports.errors import StorageUnavailable


@dataclass
class FakeMemberRepository:
    """`down`: every statement fails. `statements` counts them."""

    by_id: dict[int, Member] = field(default_factory=dict)
    habits_by_id: dict[int, Habits] = field(default_factory=dict)
    favourites: dict[int, frozenset[int]] = field(default_factory=dict)
    down: bool = False
    statements: int = 0

    async def members(self, user_ids: Sequence[int]) -> Mapping[int, Member]:
        self._statement()
        return {key: self.by_id[key] for key in user_ids if key in self.by_id}

    async def habits(self, user_ids: Sequence[int]) -> Mapping[int, Habits]:
        self._statement()
        return {key: self.habits_by_id[key] for key in user_ids if key in self.habits_by_id}

    async def favourite_station_ids(self, user_ids: Sequence[int]) -> Mapping[int, frozenset[int]]:
        self._statement()
        return {key: self.favourites[key] for key in user_ids if key in self.favourites}

    def _statement(self) -> None:
        self.statements += 1
        if self.down:
            raise StorageUnavailable("fake")
