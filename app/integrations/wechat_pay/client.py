"""One request to WeChat Pay and its answer: signed, verified, within short time limits."""

import json
import ssl
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
from wechatpayv3.async_ import AsyncWeChatPay, WeChatPayType

from app.integrations.loopback import is_loopback
from app.integrations.wechat_pay.account import WeChatPayAccount
from app.ports.payment_providers import PaymentUnavailable

CONNECT_WITHIN_S = 2.0
ANSWER_WITHIN_S = 4.0
"""A driver waits for the pay sheet; a job comes again."""

BUSY = frozenset({"SYSTEMERROR", "FREQUENCYLIMITED", "NOTENOUGH", "RATELIMITEXCEEDED", "SIGNERROR"})
"""Refusals that pass, or that the operator mends: the merchant's balance is short, its keys are
wrong. The same request is right again later."""


class WeChatRefusal(Exception):
    """WeChat Pay understood and refused. `code` without underscores: it spells some both ways."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class WeChatPayClient:
    """The library's client, bound to an account. It signs and verifies; what it leaves to us are
    the address (a simulator's, where one is set), time limits, and what an answer means."""

    def __init__(self, account: WeChatPayAccount) -> None:
        self.account = account
        self.calls = AsyncWeChatPay(
            wechatpay_type=WeChatPayType.JSAPI,
            mchid=account.mch_id,
            private_key=account.private_key,
            cert_serial_no=account.serial,
            appid="",
            apiv3_key=account.api_v3_key,
            notify_url=account.notify_url,
            public_key=account.public_key,
            public_key_id=account.public_key_id,
        )
        # The library knows one address and opens its connections in a block of its own.
        self._core: Any = self.calls._core  # noqa: SLF001
        self._core._gate_way = account.base_url  # noqa: SLF001
        self._core._client = httpx.AsyncClient(  # noqa: SLF001
            timeout=httpx.Timeout(ANSWER_WITHIN_S, connect=CONNECT_WITHIN_S),
            # On this machine no proxy stands between.
            trust_env=not is_loopback(urlsplit(account.base_url).hostname or ""),
            verify=_trust(account.base_url),
        )

    async def close(self) -> None:
        await self._core._client.aclose()  # noqa: SLF001

    def sign(self, *parts: str) -> str:
        """The signature that opens a pay sheet, over lines."""
        return self.calls.sign(list(parts))

    def opened(self, headers: dict[str, str], body: bytes) -> dict[str, Any] | None:
        """A notice whose signature holds, with its resource in clear; None: it does not hold, or
        the resource cannot be opened."""
        return self.calls.callback(headers, body) or None

    async def ask(self, call: Callable[[], Awaitable[tuple[int, Any]]]) -> dict[str, Any]:
        """The verified answer; {} for an empty one. Raises `WeChatRefusal`; `PaymentUnavailable`
        for no answer, a fault of theirs, or one whose signature does not hold."""
        status, message = await self._answered(call)
        answer = _parsed(message)
        if 200 <= status < 300:
            return answer
        code = str(answer.get("code", "")).replace("_", "")
        if status >= 500 or status in (401, 429) or code in BUSY or not code:
            raise PaymentUnavailable(f"{status} {code}")
        raise WeChatRefusal(code)

    async def download(self, url: str) -> bytes:
        """A file of theirs; its hash was told by a signed answer. Raises `PaymentUnavailable`."""
        status, content = await self._answered(lambda: self.calls.download_bill(url))
        if status != 200:
            raise PaymentUnavailable(f"{status}")
        return content.encode() if isinstance(content, str) else content

    async def _answered(self, call: Callable[[], Awaitable[tuple[int, Any]]]) -> tuple[int, Any]:
        try:
            return await call()
        except httpx.HTTPError as error:
            raise PaymentUnavailable(type(error).__name__) from error
        except Exception as error:
            # The library raises plain exceptions, this one where an answer is not theirs.
            if str(error) == "failed to verify the signature":
                raise PaymentUnavailable("the answer is not signed by WeChat Pay") from error
            raise


def _parsed(message: str | bytes) -> dict[str, Any]:
    """{} for what is no JSON object: a proxy's page, or nothing."""
    try:
        answer = json.loads(message or "{}")
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _trust(base_url: str) -> ssl.SSLContext | bool:
    """True: the usual authorities. Reading them takes a while, and plain HTTP asks none."""
    is_plain = urlsplit(base_url).scheme == "http"
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if is_plain else True
