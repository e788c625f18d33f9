"""What staff and services change: promotions on their way, orders at the pump."""

import strawberry

from app.domain.orders.lifecycle import IllegalMove
from app.domain.promotions.lifecycle import (
    Act,
    ApprovedByItsAuthor,
    LifecycleRefusal,
    UnknownVersion,
)
from app.domain.shared.text import LocalizedText
from app.resolvers import staff_work as resolve
from app.resolvers.refusals import Advice, ErrorCode, Refusal, Subject
from app.schema.access import access, field_access
from app.schema.enums import Permission
from app.schema.errors import InputError, UserError, user_error
from app.schema.info import Info, words_of
from app.schema.staff import FulfilledOrder, PromotionVersion


@strawberry.input(description="A version, as it was read.")
class PromotionActInput:
    code: str
    version: int
    note: str | None = strawberry.UNSET


@access(Permission.PROMOTION_READ)
@strawberry.type
class PromotionActPayload:
    version: PromotionVersion | None
    user_errors: list[UserError]


@strawberry.input
class FulfilOrderInput:
    number: str


@access(Permission.ORDER_FULFIL)
@strawberry.type
class FulfilOrderPayload:
    order: FulfilledOrder | None
    user_errors: list[UserError]


async def _moved(info: Info, given: PromotionActInput, act: Act) -> PromotionActPayload:
    found = await resolve.move_promotion(
        info.context, given.code, given.version, act, given.note or None
    )
    if isinstance(found, LifecycleRefusal):
        return PromotionActPayload(version=None, user_errors=[_refused(found, info)])
    return PromotionActPayload(version=PromotionVersion.of(found, info), user_errors=[])


def _refused(refusal: LifecycleRefusal, info: Info) -> UserError:
    said = LocalizedText(zh=refusal.zh, en=refusal.en).in_language(info.context.language)
    code, advice = ErrorCode.INVALID_INPUT, Advice.FIX_INPUT
    if isinstance(refusal, ApprovedByItsAuthor):
        code, advice = ErrorCode.FORBIDDEN, Advice.STOP
    elif isinstance(refusal, UnknownVersion):
        code = ErrorCode.NOT_FOUND
    return InputError(code=code, message=said, path=["code"], advice=advice)


@strawberry.type
class StaffMutations:
    @strawberry.mutation(metadata=field_access(Permission.PROMOTION_WRITE))
    async def submit_promotion(
        self,
        info: Info,
        input: PromotionActInput,  # noqa: A002 the contract's own word
    ) -> PromotionActPayload | None:
        return await _moved(info, input, Act.SUBMIT)

    @strawberry.mutation(
        metadata=field_access(Permission.PROMOTION_APPROVE),
        description="Never by who wrote it.",
    )
    async def approve_promotion(
        self,
        info: Info,
        input: PromotionActInput,  # noqa: A002 the contract's own word
    ) -> PromotionActPayload | None:
        return await _moved(info, input, Act.APPROVE)

    @strawberry.mutation(
        metadata=field_access(Permission.PROMOTION_PUBLISH),
        description="An approved version is live in every process at once.",
    )
    async def publish_promotion(
        self,
        info: Info,
        input: PromotionActInput,  # noqa: A002 the contract's own word
    ) -> PromotionActPayload | None:
        return await _moved(info, input, Act.PUBLISH)

    @strawberry.mutation(
        metadata=field_access(Permission.PROMOTION_PUBLISH),
        description="It stays visible, explained and unused.",
    )
    async def pause_promotion(
        self,
        info: Info,
        input: PromotionActInput,  # noqa: A002 the contract's own word
    ) -> PromotionActPayload | None:
        return await _moved(info, input, Act.PAUSE)

    @strawberry.mutation(
        metadata=field_access(Permission.ORDER_FULFIL),
        description="The fuel is in the tank: at a station of who asks.",
    )
    async def fulfil_order(
        self,
        info: Info,
        input: FulfilOrderInput,  # noqa: A002 the contract's own word
    ) -> FulfilOrderPayload | None:
        found = await resolve.fulfil_by_staff(info.context, input.number)
        if found is None:
            why = Refusal(code=ErrorCode.NOT_FOUND, at=("number",), subject=Subject.ORDER)
        elif isinstance(found, IllegalMove):
            why = Refusal(code=ErrorCode.ORDER_STATE, at=("number",))
        else:
            return FulfilOrderPayload(order=FulfilledOrder.of(found), user_errors=[])
        return FulfilOrderPayload(order=None, user_errors=[user_error(why, words_of(info))])
