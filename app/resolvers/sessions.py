"""Sessions: opened, refreshed, listed and ended."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.audit.record import AuditRecord, Plain
from app.domain.identity.principal import PrincipalKind, member
from app.domain.identity.session import (
    RefreshVerdict,
    Session,
    SessionEnd,
    displaced,
    judge_refresh,
)
from app.ports.attempts import AttemptKind
from app.ports.session_tokens import PresentedRefresh, TokenPair
from app.ports.sessions import KeptSession, NewSession
from app.ports.work import Work
from app.resolvers.attempts import attempt
from app.resolvers.context import RequestContext, Viewer
from app.resolvers.front_desk import Arrival, FrontDesk
from app.resolvers.keys import SessionKey
from app.resolvers.once import repeated
from app.resolvers.refusals import Advice, ErrorCode, Refusal, Subject

REFRESH_REFUSED = Refusal(
    code=ErrorCode.CREDENTIAL_INVALID,
    at=("refresh_token",),
    subject=Subject.REFRESH,
    told=Advice.SIGN_IN,
)
"""One answer for a forged, an ended and a copied one: who asks learns nothing."""


@dataclass(frozen=True, slots=True)
class Opened:
    """`ended`: sessions of the member that made room: tell the other processes after the commit
    (`tell_ended`)."""

    pair: TokenPair
    session_id: int
    ended: tuple[int, ...]


async def open_session(
    front: FrontDesk, work: Work, user_id: int, arrival: Arrival, by: dict[str, Plain]
) -> Opened:
    """A new session of a member, in the caller's transaction. `by`: how the member was known, for
    the record; nothing personal."""
    moment = arrival.moment
    alive = await work.sessions.alive(user_id, moment - front.rules.idle)
    ended: list[int] = []
    for session_id, why in displaced(alive, arrival.channel, arrival.device, front.rules):
        ended += await work.sessions.end(user_id, [session_id], moment, why)
    seed = front.tokens.new_seed()
    session_id = await work.sessions.open(
        NewSession(
            user_id=user_id,
            channel=arrival.channel,
            device=arrival.device,
            app_version=arrival.app_version,
            opened_at=moment,
            seed=seed,
        )
    )
    await work.audit.add(_record("session.open", user_id, session_id, arrival, by))
    pair = front.tokens.pair(member(user_id, session_id), seed, 0, moment)
    return Opened(pair, session_id, tuple(ended))


async def tell_ended(front: FrontDesk, session_ids: Sequence[int], arrival: Arrival) -> None:
    """To every process: their access tokens are believed no more."""
    if session_ids:
        await front.revocations.revoke(PrincipalKind.MEMBER, session_ids, arrival.moment)


async def refreshed(front: FrontDesk, refresh_token: str, arrival: Arrival) -> TokenPair | None:
    """The next pair of tokens. None: the token is not genuine, its session is over, or it was
    used before, which ends its session for whoever holds any of its tokens.

    Of all who use one token at once one turns the session; the others get the same successor.
    """
    presented = front.tokens.read_refresh(refresh_token)
    if presented is None:
        return None
    turned: TokenPair | tuple[int, ...] = await repeated(lambda: _turned(front, presented, arrival))
    if isinstance(turned, TokenPair):
        return turned
    await tell_ended(front, turned, arrival)
    return None


async def _turned(
    front: FrontDesk, presented: PresentedRefresh, arrival: Arrival
) -> TokenPair | tuple[int, ...]:
    """The pair, or the sessions that ended instead."""
    user_id, session_id = presented.user_id, presented.session_id
    async with front.works.begin(None) as work:
        kept = await work.sessions.find(user_id, session_id)
        if kept is None or not front.tokens.genuine(presented, kept.seed):
            return ()
        verdict = judge_refresh(kept.session, presented.generation, arrival.moment, front.rules)
        if verdict is RefreshVerdict.NEXT:
            kept, verdict = await _rotated(front, work, kept, arrival)
        if verdict is RefreshVerdict.REUSED:
            return await _end_copied(work, kept.session, presented, arrival)
        if verdict is RefreshVerdict.OVER:
            return ()
        named = member(user_id, session_id)
        return front.tokens.pair(named, kept.seed, presented.generation + 1, arrival.moment)


async def _rotated(
    front: FrontDesk, work: Work, kept: KeptSession, arrival: Arrival
) -> tuple[KeptSession, RefreshVerdict]:
    """NEXT, if it was us who turned it; else what the token is worth after whoever did."""
    session = kept.session
    user_id, generation, moment = session.user_id, session.generation, arrival.moment
    if await work.sessions.rotate(user_id, session.id, generation, moment, arrival.app_version):
        return kept, RefreshVerdict.NEXT
    found = await work.sessions.find(user_id, session.id)
    if found is None:
        return kept, RefreshVerdict.OVER
    return found, judge_refresh(found.session, generation, moment, front.rules)


async def _end_copied(
    work: Work, session: Session, presented: PresentedRefresh, arrival: Arrival
) -> tuple[int, ...]:
    ended = await work.sessions.end(
        session.user_id, [session.id], arrival.moment, SessionEnd.REUSED
    )
    if ended:
        seen: dict[str, Plain] = {
            "generation": session.generation,
            "presented": presented.generation,
        }
        await work.audit.add(
            _record("session.refresh_reused", session.user_id, session.id, arrival, seen)
        )
    return ended


def handed(context: RequestContext, pair: TokenPair) -> TokenPair | None:
    """What of a pair stands in the answer: nothing, where a cookie carries it."""
    context.no_store = True
    if context.carrier is None:
        return pair
    context.carrier.carry(pair)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """`pair` None: a cookie carries it, or it was refused."""

    pair: TokenPair | None = None
    refusals: tuple[Refusal, ...] = ()


async def refresh_session(context: RequestContext, refresh_token: str) -> Refreshed:
    """As `refreshed`, for a request."""
    context.no_store = True
    throttled = await attempt(context, AttemptKind.REFRESH, at="refresh_token")
    if throttled is not None:
        return Refreshed(refusals=(throttled,))
    pair = None
    if context.front is not None:
        pair = await refreshed(context.front, refresh_token, context.arrival())
    if pair is None:
        return Refreshed(refusals=(REFRESH_REFUSED,))
    return Refreshed(pair=handed(context, pair))


async def viewer_sessions(context: RequestContext, viewer: Viewer) -> list[Session]:
    """Where the viewer is signed in, the last seen first. Nothing where nobody signs in."""
    front = context.front
    if front is None:
        return []
    return list(await front.sessions.alive(viewer.user_id, context.moment - front.rules.idle))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut:
    """`remaining`: where the viewer is still signed in; None: a guest, or nothing was done."""

    remaining: list[Session] | None = None
    refusals: tuple[Refusal, ...] = ()


async def sign_out(
    context: RequestContext, key: SessionKey | None, *, named: bool, everywhere: bool
) -> SignedOut:
    """Ends sessions of the viewer: all of them, or the named one, or the one that asks.
    `named` with `key` None: an id that cannot be read. One that had ended before is no fault."""
    viewer, front = context.viewer(), context.front
    if viewer is None or front is None:
        return SignedOut(refusals=(Refusal(code=ErrorCode.SIGN_IN_REQUIRED),))
    which: Sequence[int] | None = None
    if not everywhere:
        which = await _which(context, front, key, named=named)
        if not which:
            at = ("session_id",) if named else ()
            return SignedOut(
                refusals=(Refusal(code=ErrorCode.NOT_FOUND, at=at, subject=Subject.SESSION),)
            )
    arrival = context.arrival()
    ended = await repeated(lambda: _end(front, viewer.user_id, which, arrival))
    await tell_ended(front, ended, arrival)
    own = context.principal and context.principal.session_id
    if context.carrier is not None and (everywhere or own in (which or ())):
        context.carrier.drop()
    return SignedOut(remaining=await viewer_sessions(context, viewer))


async def end_presented(front: FrontDesk, refresh_token: str, arrival: Arrival) -> None:
    """Ends the session of a refresh token. One that is not genuine, or whose session is over, ends
    nothing, and nobody is told (RFC 7009, section 2.2)."""
    presented = front.tokens.read_refresh(refresh_token)
    if presented is None:
        return
    async with front.works.begin(None) as work:
        kept = await work.sessions.find(presented.user_id, presented.session_id)
    if kept is not None and front.tokens.genuine(presented, kept.seed):
        await end_session(front, presented.user_id, presented.session_id, arrival)


async def end_session(front: FrontDesk, user_id: int, session_id: int, arrival: Arrival) -> None:
    """By whoever may; one that had ended before stays as it is."""
    ended = await repeated(lambda: _end(front, user_id, [session_id], arrival))
    await tell_ended(front, ended, arrival)


async def _which(
    context: RequestContext, front: FrontDesk, key: SessionKey | None, *, named: bool
) -> tuple[int, ...]:
    """The named session, or the one that asks. Empty: there is none."""
    if not named:
        own = context.principal and context.principal.session_id
        return () if own is None else (own,)
    if key is None or key.user_id != context.user_id:
        return ()
    async with front.works.begin(None) as work:
        found = await work.sessions.find(key.user_id, key.session_id)
    return () if found is None else (key.session_id,)


async def _end(
    front: FrontDesk, user_id: int, which: Sequence[int] | None, arrival: Arrival
) -> tuple[int, ...]:
    async with front.works.begin(None) as work:
        ended = await work.sessions.end(user_id, which, arrival.moment, SessionEnd.SIGNED_OUT)
        why: dict[str, Plain] = {"why": SessionEnd.SIGNED_OUT.value}
        for session_id in ended:
            await work.audit.add(_record("session.end", user_id, session_id, arrival, why))
    return ended


def _record(
    act: str, user_id: int, session_id: int, arrival: Arrival, after: dict[str, Plain]
) -> AuditRecord:
    return arrival.record(act, user_id, after, f"session:{session_id}")
