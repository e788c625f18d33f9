"""A merchant's account at WeChat Pay: everything that its console hands out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.shared.payment import PaymentScene
from app.settings import WeChatPaySettings

API = "https://api.mch.weixin.qq.com"


class AccountIncomplete(ValueError):
    """Some settings of the account are given and others lack, or a key file cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatPayAccount:
    """`serial`: of the merchant's certificate, whose private key signs our requests. `public_key`
    and its id: WeChat Pay's, which signs answers and notices. `app_ids`: by where the sheet opens.
    `base_url` without a slash at its end."""

    mch_id: str
    serial: str
    private_key: str = field(repr=False)
    api_v3_key: str = field(repr=False)
    public_key_id: str
    public_key: str
    app_ids: Mapping[PaymentScene, str]
    notify_url: str
    base_url: str = API


def account_of(settings: WeChatPaySettings) -> WeChatPayAccount | None:
    """None: no account is set. Raises `AccountIncomplete`."""
    given = {name for name, value in settings if value is not None}
    if given <= {"base_url", "notify_url"}:
        return None
    lacking = sorted(set(REQUIRED) - given)
    if lacking:
        names = "、".join(f"YOUHUI_WECHAT_PAY_{name.upper()}" for name in lacking)
        raise AccountIncomplete(
            f"微信支付缺少设置：{names}。 Settings of WeChat Pay that lack: {names}."
        )
    app_ids = {
        PaymentScene.MINI_PROGRAM: settings.mini_program_app_id,
        PaymentScene.WECHAT_BROWSER: settings.official_app_id,
        PaymentScene.BROWSER: settings.official_app_id,
        PaymentScene.APP: settings.mobile_app_id,
    }
    return WeChatPayAccount(
        mch_id=settings.mch_id or "",
        serial=settings.serial or "",
        private_key=_text(settings.private_key_file),
        api_v3_key=settings.api_v3_key.get_secret_value() if settings.api_v3_key else "",
        public_key_id=settings.public_key_id or "",
        public_key=_public_key(settings.public_key_file),
        app_ids={scene: app_id for scene, app_id in app_ids.items() if app_id is not None},
        notify_url=settings.notify_url or "",
        base_url=settings.base_url or API,
    )


REQUIRED = (
    "mch_id",
    "serial",
    "private_key_file",
    "api_v3_key",
    "public_key_id",
    "public_key_file",
    "notify_url",
)


def _public_key(path: Path | None) -> str:
    """An older account has a platform certificate instead; its console turns the key on."""
    text = _text(path)
    if "BEGIN CERTIFICATE" in text:
        raise AccountIncomplete(
            f"{path} 是平台证书：请在商户平台申请“微信支付公钥”，换成公钥文件和公钥 ID。 "
            f"{path} is a platform certificate: turn on the public key in the merchant's console, "
            "and set its file and id."
        )
    return text


def _text(path: Path | None) -> str:
    try:
        return path.read_text("ascii") if path is not None else ""
    except (OSError, UnicodeDecodeError) as error:
        raise AccountIncomplete(
            f"无法读取密钥文件 {path}。 The key file {path} cannot be read."
        ) from error
