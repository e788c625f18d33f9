"""What is left of coupon batches."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class StockRepository(Protocol):
    async def issued(self, batch_codes: Sequence[str]) -> Mapping[str, int]:
        """Coupons issued so far, by batch; one statement. Database down: `StorageUnavailable`."""
        ...
