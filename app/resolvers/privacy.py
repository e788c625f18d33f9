"""Rights over one's own data: consent, a copy of everything, and being forgotten."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.domain.audit.record import AuditRecord, Plain
from app.domain.identity.principal import PrincipalKind
from app.domain.identity.privacy import (
    COOLING_OFF,
    EXPORT_KEPT,
    Consent,
    ExportState,
    PrivacyStanding,
)
from app.domain.identity.session import SessionEnd
from app.ports.errors import StorageConflict
from app.ports.jobs import Job
from app.ports.work import UnknownMember, Work
from app.resolvers.context import RequestContext, Viewer
from app.resolvers.desk import Desk
from app.resolvers.once import Asked, Receipt, once, repeated
from app.resolvers.privacy_desk import PrivacyDesk
from app.resolvers.refusals import ErrorCode, Refusal

logger = logging.getLogger("youhui.privacy")

EXPORT_JOB, ERASE_JOB = "privacy.export", "privacy.erase"
MOST_SWEPT = 100
SIGN_IN = Refusal(code=ErrorCode.SIGN_IN_REQUIRED)
OTHER_POLICY = Refusal(code=ErrorCode.INVALID_INPUT, at=("policy_version",))


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPrivacy:
    """`export_url`: None unless a copy is ready. `export_state`: None where none was asked for, or
    the last is over."""

    policy_version: str
    standing: PrivacyStanding
    export_state: ExportState | None = None
    export_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    privacy: OwnPrivacy | None = None
    refusals: tuple[Refusal, ...] = ()


async def own_privacy(context: RequestContext, viewer: Viewer) -> OwnPrivacy | None:
    """None: this process was bound without it. An answer with a link is kept nowhere."""
    desk = context.privacy
    if desk is None:
        return None
    return _told(context, desk, await desk.repository.standing(viewer.user_id))


def _told(context: RequestContext, desk: PrivacyDesk, standing: PrivacyStanding) -> OwnPrivacy:
    export, moment = standing.export, context.moment
    state = None if export is None else export.state_at(moment)
    url = None
    if export is not None and state is ExportState.READY:
        context.no_store = True
        url = desk.link(export, moment)
    return OwnPrivacy(
        policy_version=desk.policy_version,
        standing=standing,
        export_state=state,
        export_url=url,
    )


async def give_consent(context: RequestContext, policy_version: str) -> Answer:
    """To the policy in force; the same again changes nothing. Refused: SIGN_IN_REQUIRED,
    INVALID_INPUT for any other version."""
    viewer, desk = context.viewer(), context.privacy
    if viewer is None or desk is None:
        return Answer(refusals=(SIGN_IN,))
    if policy_version != desk.policy_version:
        return Answer(refusals=(OTHER_POLICY,))
    given = Consent(policy_version=policy_version, given_at=context.moment)

    async def kept() -> None:
        writing = context.desk()
        async with writing.works.begin(viewer.user_id) as work:
            if await work.privacy.consent(viewer.user_id, given):
                after: dict[str, Plain] = {"policy_version": policy_version}
                await _record(writing, work, "privacy.consent", viewer.user_id, after)

    try:
        await repeated(kept)
    except UnknownMember:
        return Answer(refusals=(SIGN_IN,))
    return Answer(privacy=await own_privacy(context, viewer))


async def request_export(context: RequestContext, key: str) -> Answer:
    """A job makes a copy of everything that is the viewer's. While one is under way, it is that
    one; else it takes the place of the last."""

    async def act(work: Work, user_id: int, desk: Desk) -> Receipt:
        export = await work.privacy.open_export(user_id)
        if export is None:
            export = await work.privacy.ask_export(user_id, desk.moment)
            given = {"user_id": user_id, "export_id": export.id}
            await work.jobs.defer(Job(name=EXPORT_JOB, given=given, key=f"{export.id}"))
            await _record(desk, work, "privacy.ask_export", user_id, {"export_id": export.id})
        return {"export_id": export.id}

    return await _once(context, "requestExport", key, act)


async def request_erasure(context: RequestContext, key: str) -> Answer:
    """The viewer is forgotten after a time in which it can be taken back; the first wish counts."""

    async def act(work: Work, user_id: int, desk: Desk) -> Receipt:
        due_at = await work.privacy.erasure_at(user_id)
        if due_at is None:
            due_at = desk.moment + COOLING_OFF
            await work.privacy.ask_erasure(user_id, desk.moment, due_at)
            job = Job(name=ERASE_JOB, given={"user_id": user_id}, at=due_at, key=str(user_id))
            await work.jobs.defer(job)
            after: dict[str, Plain] = {"due_at": due_at.isoformat()}
            await _record(desk, work, "privacy.ask_erasure", user_id, after)
        return {"due_at": due_at.isoformat()}

    return await _once(context, "requestErasure", key, act)


async def cancel_erasure(context: RequestContext, key: str) -> Answer:
    """Takes the wish back; without one it changes nothing."""

    async def act(work: Work, user_id: int, desk: Desk) -> Receipt:
        if await work.privacy.erasure_at(user_id) is not None:
            await work.privacy.take_erasure_back(user_id)
            await _record(desk, work, "privacy.keep_account", user_id, {})
        return {}

    return await _once(context, "cancelErasure", key, act)


Act = Callable[[Work, int, Desk], Awaitable[Receipt]]


async def _once(context: RequestContext, operation: str, key: str, act: Act) -> Answer:
    viewer = context.viewer()
    if viewer is None or context.privacy is None:
        return Answer(refusals=(SIGN_IN,))
    desk = context.desk()
    asked = Asked(operation=operation, key=key, asked={})
    answer = await once(desk, viewer.user_id, asked, lambda work: act(work, viewer.user_id, desk))
    if isinstance(answer, tuple):
        return Answer(refusals=answer)
    return Answer(privacy=await own_privacy(context, viewer))


async def make_export(desk: Desk, user_id: int, export_id: int) -> None:
    """The job `privacy.export`. Done, or replaced, it does nothing."""
    async with desk.works.begin(user_id) as work:
        export = await work.privacy.open_export(user_id)
        if export is None or export.id != export_id:
            return
        await work.privacy.make_export(export, desk.moment + EXPORT_KEPT)
        await _record(desk, work, "privacy.export", user_id, {"export_id": export_id})


async def erase(desk: Desk, user_id: int) -> None:
    """The job `privacy.erase`: if the wish still stands and is due. While money or goods are under
    way nothing is erased: the sweep comes again."""

    async def erased() -> tuple[int, ...]:
        async with desk.works.begin(user_id) as work:
            due_at = await work.privacy.erasure_at(user_id)
            if due_at is None or due_at > desk.moment:
                return ()
            if await work.privacy.unfinished(user_id):
                return ()
            ended = await work.sessions.end(user_id, None, desk.moment, SessionEnd.ERASED)
            await work.privacy.erase(user_id, desk.moment)
            await _record(desk, work, "privacy.erase", user_id, {})
            return tuple(ended)

    try:
        ended = await repeated(erased)
    except UnknownMember:
        return  # joined to another account meanwhile, which took the wish back
    if ended and desk.revocations is not None:
        await desk.revocations.revoke(PrincipalKind.MEMBER, ended, desk.moment)


async def sweep_privacy(desk: Desk) -> int:
    """The schedule `privacy.sweep`: erasures that are due, and copies that are over. How many."""
    async with desk.works.begin(None) as work:
        done = await work.privacy.purge_exports(desk.moment)
        due = await work.privacy.due(desk.moment, MOST_SWEPT)
    for user_id in due:
        try:
            await erase(desk, user_id)
        except StorageConflict:
            logger.info("an erasure waits for the next sweep")
    return done + len(due)


async def _record(desk: Desk, work: Work, act: str, user_id: int, after: dict[str, Plain]) -> None:
    await work.audit.add(
        AuditRecord(
            act=act,
            subject=f"member:{user_id}",
            user_id=user_id,
            at=desk.moment,
            actor=desk.actor,
            after=after,
        )
    )
