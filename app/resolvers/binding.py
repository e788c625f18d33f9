"""Binding a phone to the viewer's account, which may join two accounts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.domain.audit.record import Plain
from app.domain.identity.identity import IdentifiedMember
from app.domain.identity.phone import ProvenPhone
from app.domain.identity.principal import member
from app.domain.profiles.member import Member
from app.ports.session_tokens import TokenPair
from app.ports.work import UnknownMember
from app.resolvers.context import RequestContext, Viewer
from app.resolvers.front_desk import FrontDesk
from app.resolvers.identifying import bound
from app.resolvers.once import repeated
from app.resolvers.refusals import ErrorCode, Refusal
from app.resolvers.sessions import Opened, handed, open_session, tell_ended
from app.resolvers.viewer import viewer_profile

SIGN_IN = Refusal(code=ErrorCode.SIGN_IN_REQUIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundPhone:
    """`pair` None: the session that asked goes on, or a cookie carries the new one. `merged` None:
    it was refused."""

    found: tuple[Viewer, Member] | None = None
    pair: TokenPair | None = None
    merged: bool | None = None
    refusals: tuple[Refusal, ...] = ()


async def bind_phone(
    context: RequestContext, prove: Callable[[], Awaitable[ProvenPhone | Refusal]]
) -> BoundPhone:
    """The phone is the viewer's. Where that made two accounts one and the viewer's was the younger,
    the request, and a new session, are the elder's. `prove`: asked of members only, so that no
    guest uses a code up."""
    context.no_store = True
    viewer, front = context.viewer(), context.front
    if viewer is None or front is None:
        return BoundPhone(refusals=(SIGN_IN,))
    proven = await prove()
    if isinstance(proven, Refusal):
        return BoundPhone(refusals=(proven,))
    try:
        done: tuple[IdentifiedMember, Opened | None] = await repeated(
            lambda: _bound(context, front, viewer.user_id, proven)
        )
    except UnknownMember:
        return BoundPhone(refusals=(SIGN_IN,))
    known, opened = done
    displaced = () if opened is None else opened.ended
    await tell_ended(front, (*known.ended, *displaced), context.arrival())
    if opened is None:
        context.forget()
    else:
        context.become(member(known.user_id, opened.session_id))
    return BoundPhone(
        found=await viewer_profile(context),
        pair=None if opened is None else handed(context, opened.pair),
        merged=known.joined_user_id is not None,
    )


async def _bound(
    context: RequestContext, front: FrontDesk, user_id: int, proven: ProvenPhone
) -> tuple[IdentifiedMember, Opened | None]:
    arrival = context.arrival()
    async with front.works.begin(None) as work:
        known = await bound(work, user_id, proven, arrival)
        if known.user_id == user_id:
            return known, None
        by: dict[str, Plain] = {"by": proven.proof.value, "joined": user_id}
        return known, await open_session(front, work, known.user_id, arrival, by)
