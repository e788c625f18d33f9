"""Sessions: their tokens, the list of them, refreshing and signing out."""

import strawberry

from app.domain.identity.session import Session as OpenSession
from app.ports.session_tokens import TokenPair
from app.resolvers import sessions as resolve
from app.schema import ids
from app.schema.access import OWN, PUBLIC, access, field_access
from app.schema.enums import Channel
from app.schema.errors import UserError, user_error
from app.schema.info import Info, words_of
from app.schema.scalars import DateTime


@access(PUBLIC)
@strawberry.type
class Tokens:
    access_token: str
    refresh_token: str
    expires_at: DateTime

    @classmethod
    def of(cls, pair: TokenPair | None) -> "Tokens | None":
        """None: a cookie carries them, or there are none."""
        if pair is None:
            return None
        return cls(
            access_token=pair.access_token,
            refresh_token=pair.refresh_token,
            expires_at=DateTime(pair.expires_at),
        )


@access(OWN)
@strawberry.type
class Session:
    id: strawberry.ID
    channel: Channel
    device: str | None
    last_seen_at: DateTime
    current: bool

    @classmethod
    def of(cls, session: OpenSession, info: Info) -> "Session":
        asking = info.context.principal
        return cls(
            id=ids.session_id(session.user_id, session.id),
            channel=session.channel,
            device=session.device,
            last_seen_at=DateTime(session.last_seen_at),
            current=asking is not None and asking.session_id == session.id,
        )


@strawberry.input
class RefreshSessionInput:
    refresh_token: str


@access(PUBLIC)
@strawberry.type
class RefreshSessionPayload:
    tokens: Tokens | None
    user_errors: list[UserError]


@strawberry.input(description="Neither: this session.")
class SignOutInput:
    session_id: strawberry.ID | None = strawberry.UNSET
    everywhere: bool = False


@access(OWN)
@strawberry.type
class SignOutPayload:
    sessions: list[Session] | None
    user_errors: list[UserError]


@access(OWN)
@strawberry.type
class SessionMutations:
    @strawberry.mutation(metadata=field_access(PUBLIC))
    async def refresh_session(
        self,
        info: Info,
        input: RefreshSessionInput,  # noqa: A002 the contract's own word
    ) -> RefreshSessionPayload | None:
        refreshed = await resolve.refresh_session(info.context, input.refresh_token)
        errors = [user_error(refusal, words_of(info)) for refusal in refreshed.refusals]
        return RefreshSessionPayload(tokens=Tokens.of(refreshed.pair), user_errors=errors)

    @strawberry.mutation(description="Left out: this session.")
    async def sign_out(self, info: Info, input: SignOutInput) -> SignOutPayload | None:  # noqa: A002 the contract's own word
        named = isinstance(input.session_id, str)
        done = await resolve.sign_out(
            info.context,
            ids.session_key(input.session_id or "") if named else None,
            named=named,
            everywhere=input.everywhere,
        )
        remaining = done.remaining
        return SignOutPayload(
            sessions=None if remaining is None else [Session.of(one, info) for one in remaining],
            user_errors=[user_error(refusal, words_of(info)) for refusal in done.refusals],
        )
