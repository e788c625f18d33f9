"""Signing in."""

import strawberry

from app.resolvers import signing_in as resolve
from app.schema.access import OWN, PUBLIC, access, field_access
from app.schema.errors import UserError, user_error
from app.schema.identities import CodeInput, SmsInput
from app.schema.info import Info, words_of
from app.schema.sessions import Tokens
from app.schema.viewer import Viewer


@strawberry.input(
    one_of=True,
    description="Here for the mini-program and SMS. The native app (PKCE) uses /oauth, H5 inside"
    " WeChat /auth.",
)
class SignInInput:
    wechat_mini_program: CodeInput | None = strawberry.UNSET
    sms: SmsInput | None = strawberry.UNSET

    def to_domain(self) -> resolve.Given:
        """Exactly one is set: the executor has seen to it."""
        if self.wechat_mini_program:
            return resolve.GivenWechatCode(self.wechat_mini_program.code)
        sms = self.sms or SmsInput(phone="", code="")
        return resolve.GivenSmsCode(sms.phone, sms.code)


@access(PUBLIC)
@strawberry.type(description="`tokens` is null on H5: a cookie carries the session.")
class SignInPayload:
    viewer: Viewer | None = strawberry.field(metadata=field_access(OWN))
    tokens: Tokens | None
    new_member: bool | None
    user_errors: list[UserError]


@access(PUBLIC)
@strawberry.type
class SignInMutations:
    @strawberry.mutation
    async def sign_in(self, info: Info, input: SignInInput) -> SignInPayload | None:  # noqa: A002 the contract's own word
        done = await resolve.sign_in(info.context, input.to_domain())
        return SignInPayload(
            viewer=Viewer.of(*done.found) if done.found else None,
            tokens=Tokens.of(done.pair),
            new_member=done.new,
            user_errors=[user_error(refusal, words_of(info)) for refusal in done.refusals],
        )
