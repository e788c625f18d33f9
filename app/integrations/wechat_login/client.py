"""One question to WeChat's login API and its answer, within short time limits.

Secrets stand in the addresses of this protocol (`secret=`, `access_token=`), so nothing that holds
an address may be logged or raised.
"""

import json
import logging
from typing import Any
from urllib.parse import urlsplit

import httpx

from app.integrations.loopback import is_loopback
from app.ports.wechat_identity import ProofRefused, ProviderUnavailable

logger = logging.getLogger("youhui.wechat_login")

CONNECT_WITHIN_S = 2.0
ANSWER_WITHIN_S = 4.0
"""A driver waits to be let in."""

BUSY = frozenset({-1, 45009, 45011})
"""WeChat's own fault, the day's quota, too many for one person: the same is right again later."""
REFUSED = frozenset({40029, 40163, 40226, 41008})
"""The code is unknown or out of date, was used, is of somebody that WeChat blocks, or is missing."""
STALE_TOKEN = frozenset({40001, 40014, 42001})

Answer = dict[str, Any]


class TokenStale(Exception):
    """WeChat does not take our access token (any more)."""


class WeChatLoginClient:
    def __init__(self, api: str) -> None:
        _mute_addresses()
        self._http = httpx.AsyncClient(
            base_url=api,
            timeout=httpx.Timeout(ANSWER_WITHIN_S, connect=CONNECT_WITHIN_S),
            trust_env=not is_loopback(urlsplit(api).hostname or ""),
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def get(self, path: str, **params: str) -> Answer:
        """Raises `ProofRefused`, `ProviderUnavailable` and `TokenStale`."""
        return await self._ask("GET", path, params, None)

    async def post(self, path: str, body: Answer, **params: str) -> Answer:
        """As `get`, with a body in JSON."""
        return await self._ask("POST", path, params, body)

    async def _ask(
        self, method: str, path: str, params: dict[str, str], body: Answer | None
    ) -> Answer:
        try:
            response = await self._http.request(method, path, params=params, json=body)
        except httpx.HTTPError as fault:
            logger.warning("wechat %s: %s", path, type(fault).__name__)
            raise ProviderUnavailable(type(fault).__name__) from None
        answer = _object(response.content)
        if response.status_code != 200 or answer is None:
            logger.warning("wechat %s: status %d", path, response.status_code)
            raise ProviderUnavailable(f"status {response.status_code}")
        _judge(path, answer.get("errcode", 0))
        return answer


def _judge(path: str, code: object) -> None:
    """What an errcode means; only the number is told, its text may quote what was asked."""
    if code == 0:
        return
    if code in STALE_TOKEN:
        raise TokenStale
    if code in REFUSED:
        raise ProofRefused(f"errcode {code}")
    # All others are ours to mend (app id, secret, allowed addresses), or pass.
    log = logger.warning if code in BUSY else logger.error
    log("wechat %s: errcode %s", path, code)
    raise ProviderUnavailable(f"errcode {code}")


def _object(content: bytes) -> Answer | None:
    """WeChat sends JSON as text/plain, so its label is not looked at. None: no JSON object."""
    try:
        answer = json.loads(content)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _mute_addresses() -> None:
    """httpx logs each request with its whole address."""
    muted = logging.getLogger("httpx")
    if _no_addresses not in muted.filters:
        muted.addFilter(_no_addresses)


def _no_addresses(record: logging.LogRecord) -> bool:
    return "HTTP Request" not in str(record.msg)
