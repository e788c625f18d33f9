"""The apps and the gateway's account as the simulator knows them."""

from app.integrations.sms.gateway import SmsAccount
from app.integrations.wechat_login.account import WeChatApp, WeChatLoginAccount

MINI_PROGRAM = WeChatApp("wxdemo0000000001", "simulated-secret")
OFFICIAL = WeChatApp("wxdemo0000000002", "simulated-secret")
SMS_KEY_ID, SMS_KEY_SECRET = "simulated", "simulated"


def simulated_login(url: str) -> WeChatLoginAccount:
    return WeChatLoginAccount(mini_program=MINI_PROGRAM, official=OFFICIAL, api=url, authorise=url)


def simulated_sms(url: str) -> SmsAccount:
    return SmsAccount(
        key_id=SMS_KEY_ID,
        key_secret=SMS_KEY_SECRET,
        sign_name="油惠",
        template="SMS_1",
        endpoint=f"{url}/sms",
    )
