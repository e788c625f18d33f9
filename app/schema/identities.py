"""Phones: a code sent to one, and binding one to the account."""

import strawberry

from app.domain.identity.phone import ProvenPhone
from app.resolvers import binding as resolve
from app.resolvers.proving import prove_wechat_phone
from app.resolvers.refusals import Refusal
from app.resolvers.sms_codes import prove_sms, send_code
from app.schema.access import OWN, PUBLIC, access, field_access
from app.schema.errors import UserError, user_error
from app.schema.info import Info, words_of
from app.schema.sessions import Tokens
from app.schema.viewer import Viewer


@strawberry.input
class CodeInput:
    code: str


@strawberry.input
class SmsInput:
    phone: str
    code: str


@strawberry.input
class SendSmsCodeInput:
    phone: str


@access(PUBLIC)
@strawberry.type
class SendSmsCodePayload:
    resend_after_seconds: int | None
    user_errors: list[UserError]


@strawberry.input(one_of=True)
class BindPhoneInput:
    wechat_phone: CodeInput | None = strawberry.UNSET
    sms: SmsInput | None = strawberry.UNSET


@access(OWN)
@strawberry.type(description="May join two accounts: then use the new tokens and drop cached data.")
class BindPhonePayload:
    viewer: Viewer | None
    tokens: Tokens | None
    merged: bool | None
    user_errors: list[UserError]


async def _proven(info: Info, given: BindPhoneInput) -> ProvenPhone | Refusal:
    """Exactly one member of the input is set: `@oneOf` has been checked."""
    if given.wechat_phone:
        return await prove_wechat_phone(info.context, given.wechat_phone.code)
    sms = given.sms or SmsInput(phone="", code="")
    return await prove_sms(info.context, sms.phone, sms.code)


@access(OWN)
@strawberry.type
class IdentityMutations:
    @strawberry.mutation(metadata=field_access(PUBLIC))
    async def send_sms_code(
        self,
        info: Info,
        input: SendSmsCodeInput,  # noqa: A002 the contract's own word
    ) -> SendSmsCodePayload | None:
        sent = await send_code(info.context, input.phone)
        if isinstance(sent, int):
            return SendSmsCodePayload(resend_after_seconds=sent, user_errors=[])
        errors = [user_error(sent, words_of(info))]
        return SendSmsCodePayload(resend_after_seconds=sent.retry_after_s, user_errors=errors)

    @strawberry.mutation
    async def bind_phone(
        self,
        info: Info,
        input: BindPhoneInput,  # noqa: A002 the contract's own word
    ) -> BindPhonePayload | None:
        done = await resolve.bind_phone(info.context, lambda: _proven(info, input))
        return BindPhonePayload(
            viewer=Viewer.of(*done.found) if done.found else None,
            tokens=Tokens.of(done.pair),
            merged=done.merged,
            user_errors=[user_error(refusal, words_of(info)) for refusal in done.refusals],
        )
