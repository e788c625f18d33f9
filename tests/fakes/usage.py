"""Counters of what was used, in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.promotions.limits import LimitPer
from app.domain.promotions.usage import CounterKey, Used
from app.ports.errors import StorageUnavailable


@dataclass
class FakeUsageRepository:
    counters: dict[CounterKey, Used] = field(default_factory=dict)
    down: bool = False
    statements: int = 0

    async def of_users(
        self, user_ids: Sequence[int], moment: datetime
    ) -> Mapping[int, Mapping[CounterKey, Used]]:
        self._ask()
        return {
            user_id: {
                key: used
                for key, used in self.counters.items()
                if key.per is LimitPer.USER and key.subject == str(user_id)
            }
            for user_id in user_ids
        }

    async def of_all(
        self, codes: Sequence[str], moment: datetime
    ) -> Mapping[str, Mapping[CounterKey, Used]]:
        self._ask()
        return {
            code: {k: used for k, used in self.counters.items() if k.code == code and k.per.shared}
            for code in codes
        }

    async def of_device(
        self, device_id: str, codes: Sequence[str], moment: datetime
    ) -> Mapping[CounterKey, Used]:
        self._ask()
        return {
            key: used
            for key, used in self.counters.items()
            if key.per is LimitPer.DEVICE and key.subject == device_id and key.code in codes
        }

    def _ask(self) -> None:
        self.statements += 1
        if self.down:
            raise StorageUnavailable("fake")
