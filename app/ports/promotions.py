"""Where promotions are written, approved and published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.promotions.lifecycle import Act, State, Step
from app.domain.promotions.promotion import Promotion


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePromotion:
    """A live promotion with its version (from 1), and when and by whom it was published.

    `promotion` None: this program cannot read its document (an older or newer one wrote it).
    `paused`: by its life cycle, whatever its document says.
    """

    promotion: Promotion | None
    version: int
    published_at: datetime
    published_by: str
    paused: bool = False


class PromotionStore(Protocol):
    async def publish(self, promotions: Sequence[Promotion], by: str) -> int:
        """Makes these promotions live, all or none, and returns the catalog version that holds
        them; a promotion whose document is as it was makes no new version of it, and where none
        has changed the catalog version stays too. Others stay live as they are. Every process is
        told after the commit. `by`: who publishes, for the record.

        A code that occurs twice: ValueError. Database down: `StorageUnavailable`, nothing live.
        """
        ...

    async def live(self) -> Mapping[str, LivePromotion]:
        """All live promotions by code, in the order of codes. Database down:
        `StorageUnavailable`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRecord:
    """One version of a promotion, and all that was done to it, in order (at least one step).

    `promotion` None: this program cannot read its document.
    """

    code: str
    version: int
    promotion: Promotion | None
    steps: tuple[Step, ...]

    @property
    def state(self) -> State:
        return self.steps[-1].state

    @property
    def author(self) -> str:
        return self.steps[0].by


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """`versions`: which version of each code was moved. `catalog_version`: the one that holds the
    change; None: what is served is as it was."""

    versions: Mapping[str, int]
    catalog_version: int | None


class PromotionRegister(Protocol):
    """The life of promotions (`app.domain.promotions.lifecycle`). Acts happen one after the
    other, also those of other processes: each sees what the one before it left."""

    async def draft(self, promotions: Sequence[Promotion], by: str) -> Mapping[str, int | None]:
        """Records a new version of each as a draft of `by`; unfinished versions before it end.
        None: its newest version that has not ended says the same, so nothing was recorded.

        A code that occurs twice: ValueError. `LifecycleRefusal`, `StorageUnavailable`: nothing
        was recorded.
        """
        ...

    async def move(
        self, named: Sequence[tuple[str, int | None]], act: Act, by: str, note: str | None = None
    ) -> Moved:
        """Does one act (SUBMIT to END) to versions of promotions by (code, version), all or none.

        Version None: for PAUSE, RESUME and END the one that is served, else the newest. A version
        published over a paused one stays paused. Every process is told after the commit.
        Raises `LifecycleRefusal` and `StorageUnavailable`; then nothing was changed.
        """
        ...

    async def versions(
        self, codes: Sequence[str] | None = None
    ) -> Mapping[str, tuple[VersionRecord, ...]]:
        """Every version of these promotions (None: of all), oldest first, by code in order. Codes
        that do not exist are left out. Raises `StorageUnavailable`."""
        ...
