"""Which version of which client used which document, by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol


class UsedDocument(NamedTuple):
    """`channel` and `version` are empty where the client did not say them, or said a version that
    has no manifest. `sha256` and `operation` name a document of a live manifest: so the number of
    keys is bounded by what the repository holds, whatever callers say."""

    channel: str
    version: str
    sha256: str
    operation: str


@dataclass(frozen=True, slots=True)
class Uses:
    """`last_at`: the latest of them."""

    count: int
    last_at: datetime

    def __add__(self, other: "Uses") -> "Uses":
        return Uses(self.count + other.count, max(self.last_at, other.last_at))


@dataclass(frozen=True, slots=True)
class UsedOn:
    """`day` in UTC."""

    day: date
    document: UsedDocument
    uses: Uses


class ContractUsageRepository(Protocol):
    """Database down: `StorageUnavailable`."""

    async def add(self, uses: Mapping[UsedDocument, Uses]) -> None:
        """On top of what is kept, under the day of each `last_at`; all or nothing."""
        ...

    async def since(self, day: date) -> Sequence[UsedOn]:
        """All that was used on that day or later, oldest day first."""
        ...

    async def last_used(self) -> Mapping[UsedDocument, Uses]:
        """All that is kept, days added up."""
        ...

    async def forget_before(self, day: date) -> int:
        """Deletes older days; answers how many rows went."""
        ...
