"""Errors of the contract: refusals as data."""

import strawberry
from strawberry.utils.str_converters import to_camel_case

from app.resolvers.refusals import Refusal
from app.schema.access import PUBLIC, access
from app.schema.enums import Advice, ErrorCode
from app.schema.scalars import DateTime
from app.schema.texts.checkout import refusal_message
from app.schema.texts.words import Words


@access(PUBLIC)
@strawberry.interface(
    description="Every typed refusal. Select this: new kinds then break no client."
)
class UserError:
    code: ErrorCode
    message: str = strawberry.field(description="Localised; may be shown as it is.")
    path: list[str] | None = strawberry.field(
        description="Path in `input`; list indexes as digits."
    )
    advice: Advice = strawberry.field(
        description="What to do: lets an old build act on a code it does not know."
    )


@access(PUBLIC)
@strawberry.type
class InputError(UserError):
    pass


@access(PUBLIC)
@strawberry.type
class LimitError(UserError):
    limit: int | None
    used: int | None
    resets_at: DateTime | None


@access(PUBLIC)
@strawberry.type
class ThrottledError(UserError):
    retry_after_seconds: int


def user_error(refusal: Refusal, words: Words) -> UserError:
    """A refusal with a limit is a LimitError, one to wait after a ThrottledError, every other an
    InputError."""
    message = refusal_message(refusal, words)
    path = [to_camel_case(part) for part in refusal.at] or None
    if refusal.retry_after_s is not None:
        return ThrottledError(
            code=refusal.code,
            message=message,
            path=path,
            advice=refusal.advice,
            retry_after_seconds=refusal.retry_after_s,
        )
    if refusal.limit is None:
        return InputError(code=refusal.code, message=message, path=path, advice=refusal.advice)
    return LimitError(
        code=refusal.code,
        message=message,
        path=path,
        advice=refusal.advice,
        limit=refusal.limit,
        used=refusal.used,
        resets_at=DateTime(refusal.resets_at) if refusal.resets_at else None,
    )
