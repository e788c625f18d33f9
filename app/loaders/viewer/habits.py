"""What the viewer usually does."""

from collections.abc import Sequence

from app.domain.profiles.member import Habits
from app.loaders.viewer.own import ViewerLoader
from app.ports.members import MemberRepository


class HabitsByUserLoader(ViewerLoader[int, Habits]):
    """A member without orders has the default habits."""

    def __init__(self, user_id: int, members: MemberRepository) -> None:
        super().__init__(user_id)
        self._members = members

    async def load_batch(self, keys: Sequence[int]) -> list[Habits]:
        found = await self._members.habits(keys)
        return [found.get(key) or Habits() for key in keys]
