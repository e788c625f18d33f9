"""Asking for one attempt, on behalf of whoever makes it."""

from app.ports.attempts import AttemptKind, AttemptSubject
from app.resolvers.context import RequestContext
from app.resolvers.errors import Throttled
from app.resolvers.refusals import ErrorCode, Refusal


async def attempt(
    context: RequestContext, kind: AttemptKind, *, about: str | None = None, at: str | None = None
) -> Refusal | None:
    """Counts one attempt; call it once each time the field runs, before anything is looked up.
    None: go on. A refusal (RATE_LIMITED, a ThrottledError to clients): answer with it.

    `about`: what is tried at, where that has a limit too: a phone's blind index, an account's
    name; never personal data as it is. `at`: the input's name that the refusal points to.
    """
    wait_s = await _wait_s(context, kind, about)
    if wait_s == 0:
        return None
    return Refusal(
        code=ErrorCode.RATE_LIMITED, at=() if at is None else (at,), retry_after_s=wait_s
    )


async def attempt_to_read(
    context: RequestContext, kind: AttemptKind, *, about: str | None = None
) -> None:
    """As `attempt`, for fields that have no `userErrors`. Raises `Throttled`."""
    wait_s = await _wait_s(context, kind, about)
    if wait_s:
        raise Throttled(wait_s)


async def _wait_s(context: RequestContext, kind: AttemptKind, about: str | None) -> int:
    if context.attempts is None:
        return 0
    subjects = {
        AttemptSubject.VIEWER: context.user_id,
        AttemptSubject.DEVICE: context.device,
        AttemptSubject.ADDRESS: context.client_address,
        AttemptSubject.ABOUT: about,
    }
    known = {subject: str(value) for subject, value in subjects.items() if value is not None}
    return await context.attempts.take(kind, known)
