"""A small schema and fakes of the ports: the edge on its own, without a database."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import orjson
import pytest
import strawberry
from graphql import GraphQLError
from starlette.applications import Starlette
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info

from app.cli.logs import json_formatter
from app.domain.checkout.catalog import Catalog
from app.domain.promotions.rulebook import RuleBook
from app.domain.stations.directory import StationDirectory
from app.gateway.context import Services
from app.gateway.edge import EdgeOptions, build_edge
from app.gateway.graphql_view import ViewOptions
from app.ports.errors import StorageUnavailable
from app.resolvers.context import RequestContext
from app.resolvers.errors import BadPageSize
from app.security.access_tokens import AccessTokens
from app.security.keys import SigningKeys
from app.security.quote_tokens import SignedQuoteTokens

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)
SECRET_PHONE = "13800138000"


def log_lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What the product's own records are written as."""
    written = json_formatter()
    ours = (record for record in caplog.records if record.name.startswith("youhui"))
    return [orjson.loads(written.format(record)) for record in ours]


def catalog(version: int) -> Catalog:
    return Catalog(
        version=version,
        stations=StationDirectory.of([]),
        rules=RuleBook.of(str(version), []),
        brands={},
        amenities={},
        regions={},
    )


@dataclass
class FixedClock:
    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment


@dataclass
class FakeCatalogs:
    loaded: Catalog | None = field(default_factory=lambda: catalog(17))

    def current(self) -> Catalog:
        if self.loaded is None:
            raise RuntimeError("no catalog is loaded yet")
        return self.loaded


def context_of(info: Info) -> RequestContext:
    return info.context


@strawberry.type
class Leaf:
    value: int

    @strawberry.field
    def broken(self) -> str | None:
        raise KeyError(f"no row for {SECRET_PHONE}")

    @strawberry.field
    def needed(self) -> str:
        raise KeyError(f"no row for {SECRET_PHONE}")

    @strawberry.field
    async def never(self) -> str | None:
        await asyncio.Event().wait()


@strawberry.enum
class Colour(Enum):
    RED = "red"
    GREEN = "green"


@strawberry.input
class SizeInput:
    litres: float


@strawberry.type
class Query:
    @strawberry.field
    def ok(self) -> str:
        return "好"

    @strawberry.field
    def mine(self, info: Info) -> str | None:
        context = context_of(info)
        context.private = True
        return None if context.user_id is None else str(context.user_id)

    @strawberry.field
    def signed(self, info: Info) -> str:
        context_of(info).no_store = True
        return "token"

    @strawberry.field
    def request(self, info: Info) -> str:
        c = context_of(info)
        return f"{c.catalog.version} {c.moment.isoformat()} {c.language} {c.channel}"

    @strawberry.field
    def twice(self, number: int) -> int:
        return number * 2

    @strawberry.field
    def maybe(self, number: int) -> int | None:
        return number

    @strawberry.field
    def painted(self, colour: Colour) -> str | None:
        return colour.name

    @strawberry.field
    def sized(self, size: SizeInput) -> float | None:
        return size.litres

    @strawberry.field
    def bad_cursor(self) -> str | None:
        raise GraphQLError("游标无效。", extensions={"code": "BAD_CURSOR"})

    @strawberry.field
    def bad_page_size(self) -> str | None:
        raise BadPageSize(0)

    @strawberry.field
    def fault(self) -> str | None:
        raise KeyError(f"no row for {SECRET_PHONE}")

    @strawberry.field
    def needed(self) -> str:
        raise KeyError(f"no row for {SECRET_PHONE}")

    @strawberry.field
    async def storage(self) -> str | None:
        raise StorageUnavailable(f"DETAIL: ({SECRET_PHONE})")

    @strawberry.field
    def too_big(self) -> int | None:
        return 2**40

    @strawberry.field
    async def slow(self) -> str | None:
        await asyncio.sleep(60)
        return "late"

    @strawberry.field
    def leaf(self) -> Leaf:
        return Leaf(value=1)

    @strawberry.field
    def leaves(self) -> list[Leaf]:
        return [Leaf(value=1), Leaf(value=2), Leaf(value=3)]


@strawberry.type
class Mutation:
    @strawberry.mutation
    def change(self) -> str:
        return "changed"


@strawberry.type
class Count:
    number: int

    @strawberry.field
    def at(self, info: Info) -> str:
        """The instant of the answer's own context."""
        return context_of(info).moment.isoformat()


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def counted(self, to: int) -> AsyncGenerator[Count, None]:
        for number in range(1, to + 1):
            yield Count(number=number)

    @strawberry.subscription
    async def endless(self, info: Info) -> AsyncGenerator[str, None]:
        yield str(context_of(info).user_id)
        await asyncio.Event().wait()

    @strawberry.subscription
    async def broken(self, after: int) -> AsyncGenerator[str, None]:
        for _ in range(after):
            yield "so far"
        raise KeyError(f"no row for {SECRET_PHONE}")

    @strawberry.subscription
    async def refused(self) -> AsyncGenerator[str, None]:
        raise BadPageSize(0)
        yield ""


def toy_schema() -> strawberry.Schema:
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        config=StrawberryConfig(enable_experimental_incremental_execution=True),
    )


class NoLoaders:
    """The toy schema loads nothing."""

    def cancel(self) -> None:
        pass


@dataclass
class Edge:
    """An edge over fakes, and what a test may change or look at."""

    keys: SigningKeys
    clock: FixedClock = field(default_factory=FixedClock)
    catalogs: FakeCatalogs = field(default_factory=FakeCatalogs)
    probes: Mapping[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)
    view: ViewOptions = field(default_factory=ViewOptions)
    options: EdgeOptions = field(default_factory=EdgeOptions)
    schema: Callable[[], strawberry.Schema] = toy_schema

    @property
    def tokens(self) -> AccessTokens:
        return AccessTokens(self.keys)

    def app(self) -> Starlette:
        def no_loaders(user_id: int | None, moment: datetime, catalog: Catalog) -> Any:
            return NoLoaders()

        services = Services(
            catalogs=self.catalogs,
            clock=self.clock,
            wallets=None,  # the toy schema reads no wallet
            balances=None,  # nor balances
            referrals=None,  # nor referrals
            orders=None,  # nor orders
            loaders=no_loaders,
            access_tokens=self.tokens,
            quote_tokens=SignedQuoteTokens(self.keys),
            code_hashes=None,  # nor a code
        )
        options = replace(self.options, view=self.view)
        return build_edge(self.schema(), services, self.probes, options)
