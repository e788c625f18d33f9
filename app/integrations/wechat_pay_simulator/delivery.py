"""Brings notices to the merchant: sealed, signed, again until they are taken; and worse, if told."""

import asyncio
import json
import logging
import random
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from app.integrations.wechat_pay_simulator.book import Book, Notice, stamp
from app.integrations.wechat_pay_simulator.keys import SimulatorKeys, strangers_signature
from app.integrations.wechat_pay_simulator.mischief import NONE, Mischief

logger = logging.getLogger("youhui.pay_simulator")

AGAIN_AFTER_S = (
    15,
    15,
    30,
    180,
    600,
    1200,
    1800,
    1800,
    1800,
    3600,
    10800,
    10800,
    10800,
    21600,
    21600,
)
"""When WeChat Pay tells again what was not taken."""

ANSWER_WITHIN_S = 5.0
STALE_S = 600


@dataclass(slots=True, eq=False)
class Weather:
    """What befalls notices of which nobody said more: `mischief`, with `share` in a hundred of
    them, drawn from `chance`."""

    mischief: Mischief = NONE
    share: int = 0
    chance: random.Random = field(default_factory=random.Random)

    def drawn(self) -> Mischief:
        return self.mischief if self.chance.randrange(100) < self.share else NONE


@dataclass(slots=True, eq=False)
class Delivery:
    """`pace`: by what the protocol's waits are multiplied; tests are in a hurry."""

    book: Book
    keys: SimulatorKeys
    pace: float = 1.0
    weather: Weather = field(default_factory=Weather)
    _client: httpx.AsyncClient = field(init=False)
    _under_way: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._client = httpx.AsyncClient(timeout=ANSWER_WITHIN_S, trust_env=False)

    def bring(self, notice: Notice) -> None:
        """Returns at once; the way begins in the background."""
        task = asyncio.create_task(self._bring(notice))
        self._under_way[notice.id] = task
        task.add_done_callback(lambda _: self._under_way.pop(notice.id, None))

    def resume(self) -> None:
        """All that is still owed, after a restart. What was held then goes."""
        for notice in list(self.book.owed.values()):
            self.bring(replace(notice, mischief=replace(notice.mischief, hold=False, delay_ms=0)))

    def release(self) -> None:
        """What is held goes, the last first."""
        self._released.set()
        self._released = asyncio.Event()

    async def close(self) -> None:
        for task in list(self._under_way.values()):
            task.cancel()
        await self._client.aclose()

    async def _bring(self, notice: Notice) -> None:
        wrong = notice.mischief
        if wrong.hold:
            await self._released.wait()
        await asyncio.sleep(self._delay_s(wrong))
        if wrong.forge is not None:
            await self._send(notice, wrong.forge)
        lost = wrong.lose
        for wait_s in (*AGAIN_AFTER_S, None):
            if lost > 0:
                lost -= 1
            elif await self._send(notice):
                for _ in range(wrong.copies - 1):
                    await self._send(notice)
                self.book.taken(notice)
                return
            if wait_s is not None:
                await asyncio.sleep(wait_s * self.pace)
        logger.warning("notice given up id=%s", notice.id)
        self.book.taken(notice)

    def _delay_s(self, wrong: Mischief) -> float:
        if wrong.spread:
            return self.weather.chance.uniform(0, wrong.delay_ms) / 1000
        return wrong.delay_ms / 1000

    async def _send(self, notice: Notice, forge: str | None = None) -> bool:
        """Whether it was taken."""
        body = self._body(notice)
        headers = self._headers(body, forge)
        if forge == "body":
            body = body.replace(b'"summary"', b'"summery"')
        with suppress(httpx.HTTPError):
            answer = await self._client.post(notice.url, content=body, headers=headers)
            return 200 <= answer.status_code < 300
        return False

    def _body(self, notice: Notice) -> bytes:
        is_refund = notice.event_type.startswith("REFUND.")
        sealed = self.keys.sealed(
            json.dumps(_as_told(notice)).encode(), "refund" if is_refund else "transaction"
        )
        return json.dumps(
            {
                "id": notice.id,
                "create_time": stamp(notice.at),
                "resource_type": "encrypt-resource",
                "event_type": notice.event_type,
                "summary": "退款" if is_refund else "支付成功",
                "resource": sealed | {"original_type": "refund" if is_refund else "transaction"},
            }
        ).encode()

    def _headers(self, body: bytes, forge: str | None) -> dict[str, str]:
        at = str(int(time.time()) - (STALE_S if forge == "stale" else 0))
        nonce = secrets.token_hex(16)
        signed = message(at, nonce, body)
        stranger = forge == "signature"
        serial = self.keys.public_key_id
        return {
            "Content-Type": "application/json",
            "User-Agent": "Mozilla/4.0",
            "Wechatpay-Timestamp": at,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": serial[::-1] if forge == "serial" else serial,
            "Wechatpay-Signature": strangers_signature(signed)
            if stranger
            else self.keys.sign(signed),
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        }


def message(*parts: str | bytes) -> bytes:
    """What the protocol signs: each part and a line's end."""
    return b"".join((part if isinstance(part, bytes) else part.encode()) + b"\n" for part in parts)


def _as_told(notice: Notice) -> dict[str, Any]:
    wrong = notice.mischief.amount_fen
    if wrong is None:
        return notice.resource
    key = "refund" if notice.event_type.startswith("REFUND.") else "total"
    return notice.resource | {"amount": notice.resource["amount"] | {key: wrong}}
