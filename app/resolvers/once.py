"""Idempotency: one answer for one key, whatever the network does to request and answer."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

from app.domain.audit.record import Plain
from app.ports.errors import StorageConflict
from app.ports.requests import AnsweredRequest
from app.ports.work import UnknownMember, Work
from app.resolvers.desk import Desk
from app.resolvers.recorded import dump_refusal, load_refusal
from app.resolvers.refusals import ErrorCode, Refusal, Refused, Subject

Receipt = Mapping[str, Plain]
"""What an act did, as ids and other plain values, from which its answer is read anew."""

KEY_FORM = re.compile(r"[A-Za-z0-9_-]{1,64}")
TRIES = 3
"""How often a transaction runs that others undo by standing in its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`asked`: all of the input but the key, as plain values: the same key with any other is a
    conflict."""

    operation: str
    key: str
    asked: Mapping[str, Plain]

    @property
    def hash(self) -> str:
        """Nothing of the input can be read from it."""
        text = json.dumps(self.asked, sort_keys=True, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()


async def once(
    desk: Desk, user_id: int, asked: Asked, act: Callable[[Work], Awaitable[Receipt]]
) -> Receipt | tuple[Refusal, ...]:
    """Runs `act` in one unit of work of the member, unless its key was answered before: then the
    first answer again, a refusal too.

    What `act` did is undone when it raises `Refused`; the refusal is the answer, and is kept. The
    record commits with what was done, so an answer that was lost on the way is found by whoever
    repeats. `act` may run more than once, each time on a clean transaction. Raises
    `StorageUnavailable`: repeat with the same key.
    """
    if not KEY_FORM.fullmatch(asked.key):
        at = ("idempotency_key",)
        return (Refusal(code=ErrorCode.INVALID_INPUT, at=at, subject=Subject.KEY),)
    try:
        return await repeated(lambda: _once(desk, user_id, asked, act))
    except UnknownMember:
        return (Refusal(code=ErrorCode.SIGN_IN_REQUIRED),)


async def repeated(work: Callable[[], Awaitable[Any]]) -> Any:
    """What `work` answers; up to `TRIES` times, while other transactions undo it."""
    for _ in range(TRIES - 1):
        try:
            return await work()
        except StorageConflict:
            continue
    return await work()


async def _once(
    desk: Desk, user_id: int, asked: Asked, act: Callable[[Work], Awaitable[Receipt]]
) -> Receipt | tuple[Refusal, ...]:
    async with desk.works.begin(user_id) as work:
        answered = await work.requests.find(user_id, asked.key)
        if answered is not None:
            return _again(asked, answered)
        try:
            async with work.attempt():
                answer: Receipt | tuple[Refusal, ...] = await act(work)
        except Refused as refused:
            answer = refused.refusals
        await work.requests.keep(user_id, asked.key, _record(asked, answer), desk.moment)
        return answer


def _record(asked: Asked, answer: Receipt | tuple[Refusal, ...]) -> AnsweredRequest:
    kept: dict[str, object]
    if isinstance(answer, tuple):
        kept = {"refusals": [dump_refusal(refusal) for refusal in answer]}
    else:
        kept = {"receipt": dict(answer)}
    return AnsweredRequest(operation=asked.operation, asked_hash=asked.hash, answer=kept)


def _again(asked: Asked, answered: AnsweredRequest) -> Receipt | tuple[Refusal, ...]:
    """The first answer; for another input, that the key is taken."""
    if (answered.operation, answered.asked_hash) != (asked.operation, asked.hash):
        return (Refusal(code=ErrorCode.IDEMPOTENCY_CONFLICT, at=("idempotency_key",)),)
    kept = cast("Mapping[str, Any]", answered.answer)
    if "receipt" in kept:
        return cast("Receipt", kept["receipt"])
    return tuple(load_refusal(refusal) for refusal in kept["refusals"])
