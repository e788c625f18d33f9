"""Where payment providers tell what happened. Nothing of a notice is believed before its signature
and age were checked; the answer comes after the commit, or the provider is to tell it again."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from app.domain.audit.record import Actor, ActorKind
from app.gateway.boundary import request_id_of
from app.gateway.errors import log_fault
from app.ports.clock import Clock
from app.ports.payment_notices import NoticeFlaw, NoticeReader, NoticeRefused, ProviderNotice
from app.resolvers.desk import Desk
from app.resolvers.payment_money import payment_notice

logger = logging.getLogger("youhui.webhooks")

MOST_BODY_BYTES = 64 * 1024
ANSWER_WITHIN_S = 4.0
"""The provider waits 5 seconds."""

_STATUS = {NoticeFlaw.FORGED: 401, NoticeFlaw.STALE: 401, NoticeFlaw.UNREADABLE: 400}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentWebhook:
    """`path`: where this provider's notices arrive; `provider`: its name in audit records. `desk`
    makes what one use case needs, for an actor at an instant."""

    path: str
    provider: str
    reader: NoticeReader
    clock: Clock
    desk: Callable[[Actor, datetime], Desk]

    def route(self) -> Route:
        return Route(self.path, self.take, methods=["POST"])

    async def take(self, request: Request) -> Response:
        """204: taken, now or before. 4xx: not believed. 5xx: tell it again."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await self._take(request)
        except NoticeRefused as refused:
            logger.warning("notice refused provider=%s flaw=%s", self.provider, refused.flaw)
            return _failed(_STATUS[refused.flaw], refused.flaw)
        except Exception as fault:  # noqa: BLE001 -- whatever it was, the provider repeats
            log_fault(fault, request_id_of(request), where=self.path)
            return _failed(503, "UNAVAILABLE")

    async def _take(self, request: Request) -> Response:
        body = await _body(request)
        moment = self.clock.now()
        notice = self.reader.read(dict(request.headers), body, moment)
        actor = Actor(kind=ActorKind.SYSTEM, name=self.provider, request_id=request_id_of(request))
        outcome = await payment_notice(self.desk(actor, moment), notice)
        _log(self.provider, notice, outcome)
        return Response(status_code=204)


async def _body(request: Request) -> bytes:
    """Raises `NoticeRefused` for more than any notice holds."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BODY_BYTES:
                raise NoticeRefused(NoticeFlaw.UNREADABLE)
    except ClientDisconnect:
        raise NoticeRefused(NoticeFlaw.UNREADABLE) from None
    return bytes(body)


def _log(provider: str, notice: ProviderNotice, outcome: str) -> None:
    logger.info(
        "notice provider=%s id=%s kind=%s number=%s outcome=%s",
        provider,
        notice.notice_id,
        notice.kind,
        notice.number,
        outcome,
    )


def _failed(status: int, code: str) -> Response:
    body = orjson.dumps({"code": "FAIL", "message": code})
    return Response(body, status_code=status, media_type="application/json")
