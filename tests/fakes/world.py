"""A small world in memory: stations, promotions and members, and requests made of them.

What is fake are the repositories; loaders, resolvers, domain and schema are the real ones.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import strawberry
from strawberry.types import ExecutionResult

from app.domain.checkout.catalog import Catalog
from app.domain.loyalty.balance import Balance
from app.domain.loyalty.unit import Unit
from app.domain.profiles.member import Habits, Member
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.rulebook import RuleBook
from app.domain.shared.channel import Channel
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.text import Language, LocalizedText
from app.domain.stations.directory import StationDirectory
from app.domain.stations.station import (
    Label,
    PriceHistory,
    PricePoint,
    Region,
    Station,
    StationProduct,
)
from app.domain.wallet.coupon import Coupon, CouponStatus
from app.loaders import Loaders
from app.loaders.public.build import build_public_loaders
from app.loaders.viewer.build import ViewerSources, build_viewer_loaders
from app.resolvers.context import RequestContext
from app.schema.build import build_schema
from tests.fakes.balances import FakeBalanceRepository
from tests.fakes.code_hashes import FakeCodeHashes
from tests.fakes.members import FakeMemberRepository
from tests.fakes.order_papers import FakeOrderPapers
from tests.fakes.orders import FakeOrders
from tests.fakes.quote_tokens import FakeQuoteTokens
from tests.fakes.referrals import FakeReferralRepository
from tests.fakes.station_details import FakeStationDetailsRepository
from tests.fakes.stock import FakeStockRepository
from tests.fakes.usage import FakeUsageRepository
from tests.fakes.wallets import FakeWalletRepository

NOON = datetime(2026, 4, 22, 4, 0, tzinfo=UTC)
"""Wednesday, 22 April 2026, 12:00 in Shanghai."""

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def price_history(*mills: int, since: datetime = LONG_AGO) -> PriceHistory:
    """Prices a day apart."""
    days = (timedelta(days=day) for day in range(len(mills)))
    return PriceHistory(
        tuple(PricePoint(since + day, mill) for day, mill in zip(days, mills, strict=True))
    )


def station(
    number: int,
    *,
    prices: Mapping[FuelGrade, int] | None = None,
    floor_mill: int = 0,
    **changes: Any,
) -> Station:
    """Stations lie on a line to the north-east, about 140 m apart, from Tian'anmen on."""
    products = {
        grade: StationProduct(
            station_id=number,
            fuel_grade=grade,
            nozzles=("1", "2"),
            pump_price=price_history(mill),
            ceiling=price_history(mill + 500),
            floor_price_mill_per_litre=floor_mill,
        )
        for grade, mill in (prices or {FuelGrade.GASOLINE_92: 7_000 + 10 * number}).items()
    }
    facts: dict[str, Any] = {
        "id": number,
        "code": f"test:{number}",
        "name": f"测试站 {number}",
        "brand_code": "sinopec",
        "region_code": "110101",
        "address": f"测试路 {number} 号",
        "latitude_e7": 399_000_000 + 10_000 * number,
        "longitude_e7": 1_163_900_000 + 10_000 * number,
        "time_zone": "Asia/Shanghai",
        "products": products,
    }
    return Station(**(facts | changes))


def coupon(number: int, user_id: int, batch: str, **changes: Any) -> Coupon:
    facts: dict[str, Any] = {
        "id": number,
        "user_id": user_id,
        "batch_code": batch,
        "stored_status": CouponStatus.USABLE,
        "claimed_at": NOON - timedelta(days=3),
        "valid_from": NOON - timedelta(days=3),
        "valid_until": NOON + timedelta(days=10, hours=number),
    }
    return Coupon(**(facts | changes))


BRANDS = {
    "sinopec": Label(code="sinopec", name=LocalizedText(zh="中国石化", en="Sinopec")),
    "petrochina": Label(code="petrochina", name=LocalizedText(zh="中国石油", en="PetroChina")),
}
AMENITIES = {"car_wash": Label(code="car_wash", name=LocalizedText(zh="洗车", en="Car wash"))}
REGIONS = {
    code: Region(code=code, name=name, latitude_e7=399_042_000, longitude_e7=1_164_074_000)
    for code, name in (("110000", "北京市"), ("110101", "北京市东城区"))
}


@dataclass
class World:
    """`catalog` may be replaced between requests, as a new version replaces the old one."""

    catalog: Catalog
    members: FakeMemberRepository = field(default_factory=FakeMemberRepository)
    wallets: FakeWalletRepository = field(default_factory=FakeWalletRepository)
    balances: FakeBalanceRepository = field(default_factory=FakeBalanceRepository)
    referrals: FakeReferralRepository = field(default_factory=FakeReferralRepository)
    orders: FakeOrders = field(default_factory=FakeOrders)
    papers: FakeOrderPapers = field(default_factory=FakeOrderPapers)
    details: FakeStationDetailsRepository = field(default_factory=FakeStationDetailsRepository)
    stock: FakeStockRepository = field(default_factory=FakeStockRepository)
    usage: FakeUsageRepository = field(default_factory=FakeUsageRepository)
    tokens: FakeQuoteTokens = field(default_factory=FakeQuoteTokens)
    schema: strawberry.Schema = field(default_factory=build_schema)

    @classmethod
    def of(
        cls, stations: Iterable[Station], promotions: Iterable[Promotion] = (), version: int = 1
    ) -> "World":
        return cls(catalog_of(stations, promotions, version))

    def join(
        self,
        member: Member,
        habits: Habits | None = None,
        *,
        coupons: Iterable[Coupon] = (),
        points: int = 0,
    ) -> None:
        self.members.by_id[member.user_id] = member
        self.members.habits_by_id[member.user_id] = habits or Habits()
        self.wallets.coupons.extend(coupons)
        self.balances.by_id[member.user_id] = {Unit.POINTS: Balance(available=points)}

    def publish(self, *promotions: Promotion, stations: Iterable[Station] | None = None) -> None:
        """A new version: promotions join, or replace those of the same code."""
        rules = dict(self.catalog.rules.by_code) | {p.code: p for p in promotions}
        kept = self.catalog.stations.ordered if stations is None else stations
        self.catalog = catalog_of(kept, rules.values(), self.catalog.version + 1)

    def go_down(self) -> None:
        """The database is gone."""
        for repository in self._repositories():
            repository.down = True

    @property
    def statements(self) -> int:
        return sum(repository.statements for repository in self._repositories())

    def _repositories(self) -> tuple[Any, ...]:
        return (
            self.members,
            self.wallets,
            self.balances,
            self.referrals,
            self.details,
            self.stock,
            self.usage,
            self.orders,
            self.papers,
        )

    def request(
        self,
        user_id: int | None = None,
        *,
        moment: datetime = NOON,
        language: Language = Language.ZH,
        channel: Channel | None = Channel.MINI_PROGRAM,
    ) -> RequestContext:
        """Inside a running loop."""
        public = build_public_loaders(
            self.catalog, moment, station_details=self.details, stock=self.stock, usage=self.usage
        )
        viewer = None
        if user_id is not None:
            viewer = build_viewer_loaders(
                user_id,
                moment,
                ViewerSources(
                    members=self.members,
                    wallets=self.wallets,
                    balances=self.balances,
                    usage=self.usage,
                    orders=self.orders,
                    refunds=self.papers,
                    invoices=self.papers,
                ),
            )
        return RequestContext(
            catalog=self.catalog,
            moment=moment,
            language=language,
            channel=channel,
            user_id=user_id,
            loaders=Loaders(public, viewer),
            wallets=self.wallets,
            balances=self.balances,
            referrals=self.referrals,
            orders=self.orders,
            quote_tokens=self.tokens,
            code_hashes=FakeCodeHashes(),
        )

    async def execute(
        self,
        document: str,
        variables: dict[str, Any] | None = None,
        *,
        context: RequestContext | None = None,
        **request: Any,
    ) -> ExecutionResult:
        """As a request of its own, unless a context is given."""
        context = context or self.request(**request)
        return await self.schema.execute(document, variable_values=variables, context_value=context)

    async def ask(
        self, document: str, variables: dict[str, Any] | None = None, **request: Any
    ) -> dict[str, Any]:
        """The data of an answer without errors."""
        result = await self.execute(document, variables, **request)
        assert result.errors is None, result.errors
        assert result.data is not None
        return result.data


def catalog_of(
    stations: Iterable[Station], promotions: Iterable[Promotion], version: int
) -> Catalog:
    return Catalog(
        version=version,
        stations=StationDirectory.of(stations),
        rules=RuleBook.of(str(version), promotions),
        brands=BRANDS,
        amenities=AMENITIES,
        regions=REGIONS,
    )
