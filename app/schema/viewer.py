"""The signed-in viewer."""

import strawberry

from app.domain.loyalty.unit import Unit
from app.domain.profiles.member import Member
from app.domain.profiles.member import Preferences as Settings
from app.resolvers import offers as resolve_offers
from app.resolvers import orders as resolve_orders
from app.resolvers import privacy as resolve_privacy
from app.resolvers import referrals as resolve_referrals
from app.resolvers import sessions as resolve_sessions
from app.resolvers import statements as resolve_statements
from app.resolvers import viewer as resolve
from app.resolvers.context import Viewer as SignedIn
from app.resolvers.keys import ViewerKey
from app.schema import ids
from app.schema.access import OWN, access
from app.schema.enums import FuelGrade, MemberTier, OrderStatus, PaymentMethod, Role, Theme, Topic
from app.schema.info import Info
from app.schema.offers import OfferConnection
from app.schema.orders import OrderConnection
from app.schema.pagination import decode_cursor
from app.schema.privacy import Privacy
from app.schema.referral import Referral
from app.schema.sessions import Session
from app.schema.statements import FuelCreditAccount, PointsAccount
from app.schema.stations import Station
from app.schema.texts.names import TOPICS
from app.schema.values import Fill, Money, Node
from app.schema.wallet import CouponWallet


@access(OWN)
@strawberry.type
class TopicPreference:
    topic: Topic
    label: str
    enabled: bool


@access(OWN)
@strawberry.type
class Preferences:
    theme: Theme
    language: str
    usual_fuel_grade: FuelGrade | None
    usual_fill: Fill | None
    usual_payment_method: PaymentMethod | None
    personalised: bool
    topics: list[TopicPreference]

    @classmethod
    def of(cls, settings: Settings, info: Info) -> "Preferences":
        topics = [
            TopicPreference(
                topic=topic,
                label=TOPICS[topic].in_language(info.context.language),
                enabled=topic not in settings.topics_off,
            )
            for topic in Topic
        ]
        return cls(
            theme=settings.theme,
            language=settings.language,
            usual_fuel_grade=settings.usual_fuel_grade,
            usual_fill=Fill.of(settings.usual_fill) if settings.usual_fill else None,
            usual_payment_method=settings.usual_payment_method,
            personalised=settings.personalised,
            topics=topics,
        )


@access(OWN)
@strawberry.type
class Viewer(Node):
    nickname: str | None
    phone_masked: str | None
    member_tier: MemberTier
    roles: list[Role]
    _viewer: strawberry.Private[SignedIn]
    _settings: strawberry.Private[Settings]

    @classmethod
    def of(cls, viewer: SignedIn, member: Member) -> "Viewer":
        return cls(
            id=ids.encode(ViewerKey(viewer.user_id)),
            nickname=member.nickname,
            phone_masked=member.phone_masked,
            member_tier=member.tier,
            roles=[Role.DRIVER],
            _viewer=viewer,
            _settings=member.preferences,
        )

    @strawberry.field(description="Null on a fault, as is every field below.")
    async def savings_total(self) -> Money | None:
        return Money.of(await resolve.savings_total_fen(self._viewer))

    @strawberry.field(
        description="Picked for this viewer; by rule only, when `Preferences.personalised` is off."
    )
    async def offers(
        self,
        info: Info,
        first: int = 20,
        after: str | None = strawberry.UNSET,
        station_id: strawberry.ID | None = strawberry.UNSET,
    ) -> OfferConnection | None:
        place = ids.station_id(station_id) if isinstance(station_id, str) else None
        page = await resolve_offers.viewer_offers(
            info.context, place, first, decode_cursor(after or None)
        )
        return OfferConnection.of(page)

    @strawberry.field
    def wallet(self) -> CouponWallet | None:
        return CouponWallet(_viewer=self._viewer)

    @strawberry.field
    async def points(self) -> PointsAccount | None:
        balance = await resolve_statements.balance(self._viewer, Unit.POINTS)
        return PointsAccount.of(self._viewer, balance)

    @strawberry.field
    async def fuel_credit(self) -> FuelCreditAccount | None:
        balance = await resolve_statements.balance(self._viewer, Unit.FUEL_CREDIT)
        return FuelCreditAccount.of(self._viewer, balance)

    @strawberry.field
    def preferences(self, info: Info) -> Preferences | None:
        return Preferences.of(self._settings, info)

    @strawberry.field
    async def orders(
        self,
        info: Info,
        status: OrderStatus | None = strawberry.UNSET,
        first: int = 20,
        after: str | None = strawberry.UNSET,
    ) -> OrderConnection | None:
        page = await resolve_orders.viewer_orders(
            info.context, self._viewer, status or None, first, decode_cursor(after or None)
        )
        return OrderConnection.of(page, info)

    @strawberry.field
    async def usual_stations(self, info: Info, first: int = 5) -> list[Station] | None:
        found = await resolve.usual_stations(info.context, self._viewer, first)
        return [Station.of(station) for station in found]

    @strawberry.field
    async def referral(self, info: Info) -> Referral | None:
        return Referral.of(await resolve_referrals.own_referral(info.context, self._viewer), info)

    @strawberry.field
    async def sessions(self, info: Info) -> list[Session] | None:
        found = await resolve_sessions.viewer_sessions(info.context, self._viewer)
        return [Session.of(session, info) for session in found]

    @strawberry.field
    async def privacy(self, info: Info) -> Privacy | None:
        return Privacy.of(await resolve_privacy.own_privacy(info.context, self._viewer))


@access(OWN)
@strawberry.type
class ViewerQueries:
    @strawberry.field(description="Null for a guest.")
    async def viewer(self, info: Info) -> Viewer | None:
        found = await resolve.viewer_profile(info.context)
        return Viewer.of(*found) if found else None
