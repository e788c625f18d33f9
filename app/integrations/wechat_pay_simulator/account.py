"""The merchant's account at the simulator, and its payers."""

import hashlib
from base64 import urlsafe_b64encode
from pathlib import Path

from app.domain.shared.payment import PaymentScene
from app.integrations.wechat_pay.account import WeChatPayAccount
from app.integrations.wechat_pay_simulator.keys import SimulatorKeys

APP_IDS = {
    PaymentScene.MINI_PROGRAM: "wxdemo0000000001",
    PaymentScene.WECHAT_BROWSER: "wxdemo0000000002",
    PaymentScene.BROWSER: "wxdemo0000000002",
    PaymentScene.APP: "wxdemo0000000003",
}


def simulated_account(data_dir: Path, base_url: str, notify_url: str) -> WeChatPayAccount:
    """With the keys that the simulator keeps under `data_dir`, made now if it has not run yet."""
    keys = SimulatorKeys.kept_under(data_dir)
    return WeChatPayAccount(
        mch_id=keys.mch_id,
        serial=keys.serial,
        private_key=keys.merchant_pem,
        api_v3_key=keys.api_v3_key,
        public_key_id=keys.public_key_id,
        public_key=keys.platform_public_pem,
        app_ids=APP_IDS,
        notify_url=notify_url,
        base_url=base_url,
    )


class SimulatedPayers:
    """Implements `PayerIds`: the simulator knows everybody, in each app by another opaque id."""

    async def payer_id(self, user_id: int, scene: PaymentScene) -> str | None:
        digest = hashlib.sha256(f"{APP_IDS[scene]}:{user_id}".encode()).digest()
        return "o" + urlsafe_b64encode(digest).decode()[:27]
