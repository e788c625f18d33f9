"""A serving process: binds the adapters to the ports and puts the edge in front of them."""

import gc
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from app.cache.announcements import RedisAnnouncements
from app.cache.client import make_client
from app.cache.keys import DatabaseKeys
from app.cache.public_cache import RedisPublicCache
from app.domain.audit.record import Actor
from app.domain.checkout.catalog import Catalog
from app.gateway.context import Services
from app.gateway.demo.graphiql import graphiql_routes
from app.gateway.demo.personas import PersonaRoutes, load_personas
from app.gateway.edge import EdgeOptions, build_edge
from app.gateway.graphql_view import ViewOptions
from app.gateway.health import Probe
from app.loaders import Loaders
from app.loaders.public.build import build_public_loaders
from app.loaders.public.promotions_by_station import Placements
from app.loaders.viewer.build import build_viewer_loaders
from app.resolvers.desk import Desk
from app.schema.build import build_schema
from app.security.access_tokens import AccessTokens
from app.security.keys import SigningKeys
from app.security.quote_tokens import SignedQuoteTokens
from app.settings import Settings
from app.storage.catalog_source import PostgresCatalogSource
from app.storage.engine import make_engine
from app.storage.identity import database_identity
from app.storage.members import PostgresMemberRepository
from app.storage.points import PostgresPointsRepository
from app.storage.station_details import PostgresStationDetailsRepository
from app.storage.stock import PostgresStockRepository
from app.storage.usage import PostgresUsageRepository
from app.storage.wallets import PostgresWalletRepository
from app.storage.work import PostgresWorks

PERSONAS = Path(__file__).parents[1] / "seed" / "personas.yaml"
COLLECT_AFTER = (50_000, 20, 50)
"""Rarely: the catalog is frozen, and what a request makes dies with its last reference."""


class DatabaseMissing(ValueError):
    """A serving process needs `Settings.database_url`."""


class SystemClock:
    """Implements `Clock`."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Outside:
    """The adapters of one process. Nothing is connected before `running`."""

    engine: AsyncEngine
    redis: Redis | None
    names: DatabaseKeys
    catalogs: PostgresCatalogSource
    keys: SigningKeys
    works: PostgresWorks
    clock: SystemClock = field(default_factory=SystemClock)

    @classmethod
    def of(cls, settings: Settings) -> "Outside":
        if settings.database_url is None:
            raise DatabaseMissing(
                "请设置 YOUHUI_DATABASE_URL，或用 youhui serve、make demo 启动。"
                "Set YOUHUI_DATABASE_URL, or start by youhui serve or make demo."
            )
        names = DatabaseKeys(partial(database_identity, settings.database_url))
        redis, announcements = None, None
        if settings.redis_url is not None:
            redis = make_client(settings.redis_url)
            announcements = RedisAnnouncements(settings.redis_url, names)
        engine = make_engine(settings.database_url, pool_size=settings.database_pool_size)
        return cls(
            engine,
            redis,
            names,
            PostgresCatalogSource(settings.database_url, announcements=announcements),
            signing_keys(settings),
            PostgresWorks(engine),
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Loads the catalog and follows it while the block runs; then lets everything go."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.engine.dispose)
            if self.redis is not None:
                stack.push_async_callback(self.redis.aclose)
                await self.names()
            await stack.enter_async_context(self.catalogs.running())
            yield

    def services(self, quote_ttl: timedelta) -> Services:
        return Services(
            catalogs=self.catalogs,
            clock=self.clock,
            wallets=PostgresWalletRepository(self.engine),
            loaders=self._loaders(),
            access_tokens=AccessTokens(self.keys),
            quote_tokens=SignedQuoteTokens(self.keys),
            quote_ttl=quote_ttl,
            open_desk=self.open_desk,
        )

    def open_desk(self, moment: datetime, catalog: Catalog, actor: Actor) -> Desk:
        """Where a request, a job or a command writes."""
        return Desk(works=self.works, moment=moment, catalog=catalog, actor=actor)

    def probes(self) -> dict[str, Probe]:
        """What `/health/ready` asks; Redis only where there is one."""
        probes: dict[str, Probe] = {"postgresql": self._ask_database}
        if self.redis is not None:
            probes["redis"] = self.redis.ping
        return probes

    async def _ask_database(self) -> None:
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    def _loaders(self) -> Callable[[int | None, datetime, Catalog], Loaders]:
        members = PostgresMemberRepository(self.engine)
        wallets = PostgresWalletRepository(self.engine)
        points = PostgresPointsRepository(self.engine)
        stock = PostgresStockRepository(self.engine)
        details = PostgresStationDetailsRepository(self.engine)
        usage = PostgresUsageRepository(self.engine)
        cache = None if self.redis is None else RedisPublicCache(self.redis, self.names)
        placements = Placements()

        def build(user_id: int | None, moment: datetime, catalog: Catalog) -> Loaders:
            public = build_public_loaders(
                catalog,
                moment,
                station_details=details,
                stock=stock,
                usage=usage,
                cache=cache,
                placements=placements,
            )
            viewer = user_id and build_viewer_loaders(
                user_id, moment, members=members, wallets=wallets, points=points, usage=usage
            )
            return Loaders(public, viewer or None)

        return build


def signing_keys(settings: Settings) -> SigningKeys:
    """The key of the settings, else one kept under the data folder, made at first use.

    Processes on several machines need the same key: give it by the settings. Raises
    `SigningKeyInvalid`.
    """
    if settings.signing_key is not None:
        return SigningKeys.of([settings.signing_key.get_secret_value()])
    return SigningKeys.kept_under(settings.data_dir)


def create_app(settings: Settings) -> Starlette:
    """The application of one process; its lifespan connects, loads and lets go.

    Raises `DatabaseMissing` and `SigningKeyInvalid`; starting it, `StorageUnavailable`.
    """
    outside = Outside.of(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with outside.running():
            gc.collect()
            gc.freeze()
            gc.set_threshold(*COLLECT_AFTER)
            yield

    app = build_edge(
        build_schema(),
        outside.services(timedelta(seconds=settings.quote_ttl_s)),
        outside.probes(),
        EdgeOptions(
            view=ViewOptions(
                hide_suggestions=not settings.demo, deadline_s=settings.operation_deadline_s
            ),
            more_routes=_demo_routes(outside) if settings.demo else (),
        ),
        lifespan,
    )
    app.state.outside = outside
    return app


def _demo_routes(outside: Outside) -> list[BaseRoute]:
    tokens = AccessTokens(outside.keys)
    personas = PersonaRoutes(
        load_personas(PERSONAS), lambda user_id: tokens.issue(user_id, outside.clock.now())
    )
    return [*personas.routes(), *graphiql_routes()]
