"""The apps that members sign in to WeChat with."""

from dataclasses import dataclass, field

from pydantic import SecretStr

from app.settings import WeChatLoginSettings

API = "https://api.weixin.qq.com"
AUTHORISE = "https://open.weixin.qq.com"


class LoginAccountIncomplete(ValueError):
    """An app id stands without its secret, or the reverse."""


@dataclass(frozen=True, slots=True)
class WeChatApp:
    app_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatLoginAccount:
    """`mini_program`: of `wx.login`; `official`: of web pages inside WeChat. None: not offered.
    `api` and `authorise`: where WeChat is; a simulator's, where one is set."""

    mini_program: WeChatApp | None
    official: WeChatApp | None
    api: str = API
    authorise: str = AUTHORISE


def login_account_of(settings: WeChatLoginSettings) -> WeChatLoginAccount | None:
    """None: none is set. Raises `LoginAccountIncomplete`."""
    mini_program = _app(settings.mini_program_app_id, settings.mini_program_secret)
    official = _app(settings.official_app_id, settings.official_secret)
    if mini_program is None and official is None:
        return None
    return WeChatLoginAccount(
        mini_program=mini_program,
        official=official,
        api=settings.api_url or API,
        authorise=settings.authorise_url or AUTHORISE,
    )


def _app(app_id: str | None, secret: SecretStr | None) -> WeChatApp | None:
    told = None if secret is None else secret.get_secret_value()
    if (app_id is None) != (told is None):
        raise LoginAccountIncomplete(
            "YOUHUI_WECHAT_LOGIN_…_APP_ID 与 …_SECRET 要同时设置 (set both, or neither)"
        )
    return None if app_id is None or told is None else WeChatApp(app_id, told)
