"""The access token of an app (稳定版接口调用凭据): one for all processes, kept until it ends."""

import asyncio
import time
from dataclasses import dataclass, field

from app.integrations.wechat_login.account import WeChatApp
from app.integrations.wechat_login.client import Answer, WeChatLoginClient
from app.ports.wechat_identity import ProviderUnavailable

RENEW_BEFORE_S = 300
"""WeChat keeps the one before valid for five minutes after it gives a new one."""


@dataclass(slots=True, eq=False)
class AccessToken:
    """`stable_token` gives every process the same token while it holds, so none takes another's
    away; only a forced renewal does, which WeChat allows twenty times a day."""

    client: WeChatLoginClient
    app: WeChatApp
    _token: str = field(default="", repr=False)
    _until: float = 0.0
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def get(self, stale: str | None = None) -> str:
        """`stale`: the one that WeChat just refused. Of all who ask at once one fetches. Raises
        `ProviderUnavailable` and `ProofRefused`."""
        async with self._one:
            if self._token and self._token != stale and time.monotonic() < self._until:
                return self._token
            answer = await self._fetched(force=False)
            if answer.get("access_token") == stale:
                answer = await self._fetched(force=True)
            self._keep(answer)
            return self._token

    async def _fetched(self, *, force: bool) -> Answer:
        asked = {
            "grant_type": "client_credential",
            "appid": self.app.app_id,
            "secret": self.app.secret,
            "force_refresh": force,
        }
        return await self.client.post("/cgi-bin/stable_token", asked)

    def _keep(self, answer: Answer) -> None:
        token, lasts_s = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(lasts_s, int):
            raise ProviderUnavailable("no access token in the answer")
        self._token = token
        self._until = time.monotonic() + max(0, lasts_s - RENEW_BEFORE_S)
