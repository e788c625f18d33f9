"""Offers: promotions as one viewer sees them."""

from enum import Enum

import strawberry

from app.domain.promotions.conditions import Condition
from app.domain.promotions.promotion import Promotion
from app.resolvers import offers as resolve
from app.resolvers.keys import OfferKey
from app.resolvers.pages import Page
from app.schema import ids
from app.schema.access import OWN, PUBLIC, access, field_access
from app.schema.enums import BenefitKind, ClaimState, Lane, ReasonCode
from app.schema.info import Info, words_of
from app.schema.pagination import PageInfo, decode_cursor, encode_cursor, page_info
from app.schema.scalars import DateTime
from app.schema.texts.benefits import strength
from app.schema.texts.conditions import ConditionLine, condition_lines, scope_text
from app.schema.texts.limits import limit_lines
from app.schema.texts.validity import validity_text
from app.schema.texts.words import Words
from app.schema.values import CoordinatesInput, Node


@access(PUBLIC)
@strawberry.type
class OfferCondition:
    code: ReasonCode
    text: str
    _condition: strawberry.Private[Condition | None]

    @strawberry.field(metadata=field_access(OWN), description="Viewer:")
    async def satisfied(self, info: Info) -> bool | None:
        if self._condition is None:
            return None
        return await resolve.condition_holds(info.context, self._condition)


def offer_conditions(promotion: Promotion, words: Words) -> list[OfferCondition]:
    """Its conditions, then its limits: whether one is reached, a preview tells."""
    lines: list[tuple[ConditionLine, Condition | None]] = [
        (line, condition)
        for condition in promotion.conditions
        for line in condition_lines(condition, words)
    ]
    lines.extend((line, None) for line in limit_lines(promotion, words))
    return [OfferCondition(code=line.code, text=line.text, _condition=of) for line, of in lines]


@access(PUBLIC)
@strawberry.type(description="A promotion as one viewer sees it.")
class Offer(Node):
    lane: Lane
    valid_from: DateTime
    valid_until: DateTime | None = strawberry.field(
        description="Null: open-ended, or counted from the claim."
    )
    _promotion: strawberry.Private[Promotion]

    @classmethod
    def of(cls, promotion: Promotion) -> "Offer":
        delivery, validity = promotion.delivery, promotion.validity
        from_claim = delivery is not None and delivery.valid_days_from_claim is not None
        return cls(
            id=ids.encode(OfferKey(promotion.code)),
            lane=promotion.lane,
            valid_from=DateTime(validity.starts_at or resolve.ALWAYS),
            valid_until=DateTime(validity.ends_at) if validity.ends_at and not from_claim else None,
            _promotion=promotion,
        )

    @strawberry.field
    def title(self, info: Info) -> str:
        return self._promotion.title.in_language(info.context.language)

    @strawberry.field(description="Strength in words, e.g. 直降 0.50 元/升.")
    def strength(self, info: Info) -> str:
        return strength(self._promotion, info.context.language)

    @strawberry.field(graphql_type=BenefitKind)
    def kind(self) -> Enum:
        return BenefitKind[self._promotion.benefit.kind]

    @strawberry.field(description="Always there, e.g. 领取后 7 天内有效.")
    def validity(self, info: Info) -> str:
        return validity_text(self._promotion, words_of(info))

    @strawberry.field
    def scope(self, info: Info) -> str:
        return scope_text(self._promotion, words_of(info))

    @strawberry.field
    def conditions(self, info: Info) -> list[OfferCondition]:
        return offer_conditions(self._promotion, words_of(info))

    @strawberry.field
    async def remaining(self, info: Info) -> int | None:
        return await resolve.offer_remaining(info.context, self._promotion)

    @strawberry.field(
        metadata=field_access(OWN), description="Viewer: the one switch for the claim button."
    )
    async def claimable(self, info: Info) -> bool:
        state = await resolve.offer_claim_state(info.context, self._promotion)
        return state is ClaimState.CLAIMABLE

    @strawberry.field(metadata=field_access(OWN))
    async def claim_state(self, info: Info) -> ClaimState:
        return await resolve.offer_claim_state(info.context, self._promotion)

    @strawberry.field(metadata=field_access(OWN), description="Viewer: why they see it.")
    async def reason(self, info: Info) -> str | None:
        met = await resolve.personal_conditions(info.context, self._promotion)
        words = words_of(info)
        lines = [line.text for condition in met for line in condition_lines(condition, words)]
        return words.say("，", "; ").join(lines) or None


@access(PUBLIC)
@strawberry.type
class OfferEdge:
    cursor: str
    node: Offer


@access(PUBLIC)
@strawberry.type
class OfferConnection:
    edges: list[OfferEdge]
    page_info: PageInfo

    @classmethod
    def of(cls, page: Page[Promotion]) -> "OfferConnection":
        edges = [
            OfferEdge(cursor=encode_cursor(placed.cursor), node=Offer.of(placed.item))
            for placed in page.items
        ]
        return cls(edges=edges, page_info=page_info(page))


@access(PUBLIC)
@strawberry.type
class OfferQueries:
    @strawberry.field(
        description="Published offers, the same for everyone; public when no Viewer: field is selected."
    )
    def offers(
        self,
        info: Info,
        near: CoordinatesInput | None = strawberry.UNSET,
        lane: Lane | None = strawberry.UNSET,
        first: int = 20,
        after: str | None = strawberry.UNSET,
    ) -> OfferConnection | None:
        wanted = resolve.OffersWanted(
            near=near.to_domain() if near else None,
            lane=lane or None,
            first=first,
            after=decode_cursor(after or None),
        )
        return OfferConnection.of(resolve.published_offers(info.context, wanted))
