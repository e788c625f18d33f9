"""Which providers of proofs a process has: the settings', or in demo mode their simulator."""

from dataclasses import dataclass

from app.integrations.sms.gateway import AlibabaSms, sms_account_of
from app.integrations.wechat_login.account import login_account_of
from app.integrations.wechat_login.proofs import WeChatProofs
from app.integrations.wechat_login_simulator.account import simulated_login, simulated_sms
from app.settings import Settings, SmsSettings, WeChatLoginSettings


@dataclass(frozen=True, slots=True)
class Logins:
    proofs: WeChatProofs | None
    sms: AlibabaSms | None

    @classmethod
    def of(cls, settings: Settings) -> "Logins":
        """Raises `LoginAccountIncomplete` and `SmsAccountIncomplete`."""
        simulator = f"http://127.0.0.1:{settings.login_simulator_port}" if settings.demo else None
        login, sms = login_account_of(WeChatLoginSettings()), sms_account_of(SmsSettings())
        if simulator is not None:
            login, sms = login or simulated_login(simulator), sms or simulated_sms(simulator)
        return cls(
            proofs=None if login is None else WeChatProofs(login),
            sms=None if sms is None else AlibabaSms(sms),
        )

    async def close_connections(self) -> None:
        for adapter in (self.proofs, self.sms):
            if adapter is not None:
                await adapter.close_connections()
