"""What a channel needs to open WeChat Pay, signed with the merchant's key."""

import secrets
import time

from app.integrations.wechat_pay.client import WeChatPayClient
from app.ports.payment_providers import PaySheet


def jsapi_sheet(client: WeChatPayClient, app_id: str, prepay_id: str) -> PaySheet:
    """For `wx.requestPayment` and WeixinJSBridge."""
    package = f"prepay_id={prepay_id}"
    stamp, nonce = _stamp_and_nonce()
    return PaySheet(
        kind="JSAPI",
        fields={
            "appId": app_id,
            "timeStamp": stamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": client.sign(app_id, stamp, nonce, package),
        },
    )


def app_sheet(client: WeChatPayClient, app_id: str, prepay_id: str) -> PaySheet:
    """For the SDK of native apps."""
    stamp, nonce = _stamp_and_nonce()
    return PaySheet(
        kind="APP",
        fields={
            "appId": app_id,
            "partnerId": client.account.mch_id,
            "prepayId": prepay_id,
            "package": "Sign=WXPay",
            "nonceStr": nonce,
            "timeStamp": stamp,
            "sign": client.sign(app_id, stamp, nonce, prepay_id),
        },
    )


def redirect_sheet(url: str) -> PaySheet:
    """For browsers outside WeChat."""
    return PaySheet(kind="REDIRECT", fields={"url": url})


def _stamp_and_nonce() -> tuple[str, str]:
    """By the machine's own clock: WeChat Pay compares with its own."""
    return str(int(time.time())), secrets.token_hex(16)
