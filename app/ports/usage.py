"""What has been used of promotions, read in batches. Never cached: each order changes it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from app.domain.promotions.usage import CounterKey, Used


class UsageRepository(Protocol):
    """All answer counters that are not 0 and whose period, in some time zone, may hold the moment
    or a later one. Database down: `StorageUnavailable`."""

    async def of_users(
        self, user_ids: Sequence[int], moment: datetime
    ) -> Mapping[int, Mapping[CounterKey, Used]]:
        """Each member's own counters; one statement. Members without any are absent."""
        ...

    async def of_all(
        self, codes: Sequence[str], moment: datetime
    ) -> Mapping[str, Mapping[CounterKey, Used]]:
        """By code, the counters in total and by station, and of a batch the coupons issued (as
        uses of TOTAL, EVER); one statement. Codes without any are absent."""
        ...

    async def of_device(
        self, device_id: str, codes: Sequence[str], moment: datetime
    ) -> Mapping[CounterKey, Used]:
        """The device's counters of these promotions; one statement."""
        ...
