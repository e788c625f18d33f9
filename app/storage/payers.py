"""Whom WeChat Pay knows a member as: the openid of whatever app the pay sheet opens in."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.identity.identity import IdentityProvider
from app.domain.shared.payment import PaymentScene
from app.ports.identities import IdentityRepository

PROVIDERS = {
    PaymentScene.MINI_PROGRAM: IdentityProvider.WECHAT_MINI_PROGRAM,
    PaymentScene.WECHAT_BROWSER: IdentityProvider.WECHAT_WEB,
}


@dataclass(frozen=True, slots=True)
class WeChatPayers:
    """Implements `PayerIds`. `app_ids`: of the merchant's account, by scene."""

    identities: IdentityRepository
    app_ids: Mapping[PaymentScene, str]

    async def payer_id(self, user_id: int, scene: PaymentScene) -> str | None:
        provider, app_id = PROVIDERS.get(scene), self.app_ids.get(scene)
        if provider is None or app_id is None:
            return None
        return await self.identities.subject(user_id, provider, app_id)
