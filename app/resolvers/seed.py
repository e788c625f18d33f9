"""Use case: fill a database with demo data, once, and beside nobody's real data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.ports.seeding import DemoSource, SeedProgress, SeedRecipe, SeedStore


class SeedOutcome(StrEnum):
    """WRITTEN: rows were written. UNCHANGED: the same seed stands already, nothing was touched."""

    WRITTEN = "WRITTEN"
    UNCHANGED = "UNCHANGED"


class SeedRefusal(StrEnum):
    """OTHER_SEED: demo data of another recipe or other files stand. FOREIGN_MEMBERS: members live
    here whom no seed made."""

    OTHER_SEED = "OTHER_SEED"
    FOREIGN_MEMBERS = "FOREIGN_MEMBERS"


class SeedRefused(Exception):
    """Nothing was touched. `foreign_members`: how many there are."""

    def __init__(self, refusal: SeedRefusal, foreign_members: int = 0) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.foreign_members = foreign_members


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedReport:
    """`seeded_at`: the moment that the standing rows are dated from. `rows`: written, by kind."""

    outcome: SeedOutcome
    seeded_at: datetime
    rows: Mapping[str, int] = field(default_factory=dict[str, int])


def _silent(kind: str, done: int, total: int) -> None:
    """Nobody watches."""


async def run_seed(
    source: DemoSource,
    store: SeedStore,
    *,
    moment: datetime,
    recipe: SeedRecipe | None = None,
    force: bool = False,
    beside_members: bool = False,
    progress: SeedProgress = _silent,
) -> SeedReport:
    """Writes the recipe's rows (left out: 2,000 stations and 5,000 members), dated from `moment`.

    The same recipe and files again change nothing. `force` replaces what an earlier seed
    generated, and only that. `beside_members` allows a database in which real members live.
    Raises `SeedRefused` and `StorageUnavailable`; then nothing was touched.
    """
    wanted = recipe or SeedRecipe()
    standing = await store.standing()
    if standing.foreign_members and not beside_members:
        raise SeedRefused(SeedRefusal.FOREIGN_MEMBERS, standing.foreign_members)
    if standing.seeded_at is not None and not force:
        if standing.fingerprint != source.fingerprint(wanted):
            raise SeedRefused(SeedRefusal.OTHER_SEED)
        return SeedReport(outcome=SeedOutcome.UNCHANGED, seeded_at=standing.seeded_at)
    contents = source.make(wanted, moment, progress)
    rows = await store.replace(contents, progress)
    return SeedReport(outcome=SeedOutcome.WRITTEN, seeded_at=moment, rows=rows)
