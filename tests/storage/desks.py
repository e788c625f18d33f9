"""A desk over a real database, with a catalog of a test's own promotions."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.audit.record import Actor, ActorKind
from app.domain.checkout.catalog import Catalog
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.rulebook import RuleBook
from app.domain.stations.directory import StationDirectory
from app.resolvers.desk import Desk
from app.storage.work import PostgresWorks
from tests.support.rows import NOON


def desk_of(engine: AsyncEngine, promotions: Sequence[Promotion], moment: datetime = NOON) -> Desk:
    catalog = Catalog(
        version=1,
        stations=StationDirectory.of(()),
        rules=RuleBook.of("1", promotions),
        brands={},
        amenities={},
        regions={},
    )
    actor = Actor(kind=ActorKind.OPERATOR, name="tester")
    return Desk(works=PostgresWorks(engine), moment=moment, catalog=catalog, actor=actor)
