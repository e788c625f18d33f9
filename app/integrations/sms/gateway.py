"""The gateway that sends one-time passwords: `SendSms` of Dysmsapi, version 2017-05-25."""

import json
import logging
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx

from app.domain.identity.phone import Phone
from app.integrations.loopback import is_loopback
from app.integrations.sms.signature import FORM, authorisation, digest, form
from app.ports.sms import SmsUnavailable
from app.settings import SmsSettings

logger = logging.getLogger("youhui.sms")

ENDPOINT = "https://dysmsapi.aliyuncs.com"
ACTION, VERSION = "SendSms", "2017-05-25"
CONNECT_WITHIN_S = 2.0
ANSWER_WITHIN_S = 4.0


class SmsAccountIncomplete(ValueError):
    """Some of the gateway's settings are missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsAccount:
    """`template`: a code like "SMS_154950909", of a text with one variable, `code`."""

    key_id: str
    key_secret: str = field(repr=False)
    sign_name: str
    template: str
    endpoint: str = ENDPOINT


def sms_account_of(settings: SmsSettings) -> SmsAccount | None:
    """None: none is set. Raises `SmsAccountIncomplete`."""
    if settings.access_key_id is None:
        return None
    if not (settings.access_key_secret and settings.sign_name and settings.template):
        raise SmsAccountIncomplete(
            "YOUHUI_SMS_ACCESS_KEY_SECRET、SIGN_NAME、TEMPLATE 要一起设置 "
            "(set them together with YOUHUI_SMS_ACCESS_KEY_ID)"
        )
    return SmsAccount(
        key_id=settings.access_key_id,
        key_secret=settings.access_key_secret.get_secret_value(),
        sign_name=settings.sign_name,
        template=settings.template,
        endpoint=settings.endpoint or ENDPOINT,
    )


class AlibabaSms:
    """Implements `app.ports.sms.SmsGateway`. Neither phone nor code stands in an address or a log."""

    def __init__(self, account: SmsAccount) -> None:
        self._account = account
        host = urlsplit(account.endpoint)
        self._host = host.netloc
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(ANSWER_WITHIN_S, connect=CONNECT_WITHIN_S),
            trust_env=not is_loopback(host.hostname or ""),
        )

    async def close_connections(self) -> None:
        await self._http.aclose()

    async def send_code(self, phone: Phone, code: str) -> None:
        body = form(
            {
                "PhoneNumbers": phone.national,
                "SignName": self._account.sign_name,
                "TemplateCode": self._account.template,
                "TemplateParam": json.dumps({"code": code}),
            }
        )
        try:
            response = await self._http.post(
                self._account.endpoint + "/", content=body, headers=self._headers(body)
            )
        except httpx.HTTPError as fault:
            logger.warning("sms: %s", type(fault).__name__)
            raise SmsUnavailable(type(fault).__name__) from None
        told = _code_of(response.content)
        if told != "OK":
            logger.warning("sms: status %d code %s", response.status_code, told)
            raise SmsUnavailable(told)

    def _headers(self, body: bytes) -> dict[str, str]:
        headers = {
            "content-type": FORM,
            "host": self._host,
            "x-acs-action": ACTION,
            "x-acs-version": VERSION,
            "x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-content-sha256": digest(body),
        }
        account = self._account
        return headers | {
            "authorization": authorisation(account.key_id, account.key_secret, headers)
        }


def _code_of(content: bytes) -> str:
    """The answer's `Code`, a word of theirs; its message may quote the phone."""
    try:
        answer = json.loads(content)
    except ValueError:
        return "unreadable"
    return str(answer.get("Code", "unreadable"))[:64] if isinstance(answer, dict) else "unreadable"
