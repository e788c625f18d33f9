"""What was answered to each idempotency key, inside a transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredRequest:
    """`asked_hash`: SHA-256 of the input, in hex. `answer`: plain JSON values, never personal data
    in clear; what they mean is the asking side's affair."""

    operation: str
    asked_hash: str
    answer: Mapping[str, object]


class RequestRecords(Protocol):
    """Part of a `Work`: written and read inside its transaction, under the member's lock, so that
    two requests with one key never both find nothing."""

    async def find(self, user_id: int, key: str) -> AnsweredRequest | None: ...

    async def keep(self, user_id: int, key: str, answered: AnsweredRequest, at: datetime) -> None:
        """The key must be new for this member."""
        ...

    async def purge(self, before: datetime, at_most: int) -> int:
        """Forgets up to `at_most` answers given before an instant; answers how many it forgot."""
        ...
