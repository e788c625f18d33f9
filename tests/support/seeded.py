"""Demo data for tests: made in memory, or written into a database."""

from datetime import UTC, datetime
from functools import cache

from app.integrations.demo_seed.source import DemoFiles
from app.ports.seeding import SeedContents, SeedRecipe
from app.resolvers.seed import SeedReport, run_seed
from app.storage.engine import make_engine
from app.storage.seeding import PostgresSeedStore

MOMENT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
"""14:00 on a Monday in China."""

SMALL = SeedRecipe(stations=120, members=50)


def _silent(kind: str, done: int, total: int) -> None:
    """Nobody watches."""


def make(recipe: SeedRecipe = SMALL, moment: datetime = MOMENT) -> SeedContents:
    return DemoFiles().make(recipe, moment, _silent)


@cache
def full_seed() -> SeedContents:
    """At full size, made once a process."""
    return make(SeedRecipe())


async def seed_small(
    database_url: str,
    moment: datetime = MOMENT,
    recipe: SeedRecipe = SMALL,
    *,
    force: bool = False,
    beside_members: bool = False,
) -> SeedReport:
    """Seeds a migrated database, small unless told."""
    engine = make_engine(database_url, pool_size=1, statement_timeout_ms=0)
    try:
        return await run_seed(
            DemoFiles(),
            PostgresSeedStore(engine),
            moment=moment,
            recipe=recipe,
            force=force,
            beside_members=beside_members,
        )
    finally:
        await engine.dispose()
