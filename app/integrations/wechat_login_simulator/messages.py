"""The gateway of short messages: what was sent is shown, never delivered. Signatures are checked."""

import hmac
import json
import secrets
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.integrations.sms.gateway import ACTION, VERSION
from app.integrations.sms.signature import SIGNED, authorisation, digest
from app.integrations.wechat_login_simulator.account import SMS_KEY_ID, SMS_KEY_SECRET

KEPT = 100
OFFLINE = "0000"
"""A number with this end is one that the gateway cannot send to."""


@dataclass(frozen=True, slots=True)
class Message:
    at: datetime
    phone: str
    code: str


@dataclass(slots=True, eq=False)
class Messages:
    """`sent`: the last first."""

    sent: deque[Message] = field(default_factory=lambda: deque(maxlen=KEPT))

    def routes(self) -> list[Route]:
        return [Route("/sms/", self._send, methods=["POST"])]

    async def _send(self, request: Request) -> Response:
        body = await request.body()
        if not _is_signed(request, body):
            return _told("SignatureDoesNotMatch", 400)
        given = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        phone = given.get("PhoneNumbers", "")
        if phone.endswith(OFFLINE):
            return _told("isv.OUT_OF_SERVICE")
        code = json.loads(given.get("TemplateParam", "{}")).get("code", "")
        self.sent.appendleft(Message(datetime.now(UTC), phone, code))
        return _told("OK")


def _is_signed(request: Request, body: bytes) -> bool:
    headers = {name: request.headers.get(name, "") for name in SIGNED}
    expected = authorisation(SMS_KEY_ID, SMS_KEY_SECRET, headers)
    return (
        hmac.compare_digest(request.headers.get("authorization", ""), expected)
        and headers["x-acs-content-sha256"] == digest(body)
        and (headers["x-acs-action"], headers["x-acs-version"]) == (ACTION, VERSION)
    )


def _told(code: str, status: int = 200) -> Response:
    answer = {"Code": code, "Message": code, "RequestId": secrets.token_hex(8).upper()}
    return JSONResponse(answer, status_code=status)
