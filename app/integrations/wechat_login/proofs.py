"""Who WeChat says somebody is. `session_key` and a person's tokens end here: they are neither kept
nor told."""

from urllib.parse import urlencode

from app.domain.identity.identity import IdentityProvider, ProvenIdentity
from app.domain.identity.phone import COUNTRY, PhoneProof, ProvenPhone, read_phone
from app.integrations.wechat_login.access_token import AccessToken
from app.integrations.wechat_login.account import WeChatApp, WeChatLoginAccount
from app.integrations.wechat_login.client import Answer, TokenStale, WeChatLoginClient
from app.ports.wechat_identity import ProofRefused, ProviderUnavailable

CODE_GRANT = "authorization_code"


class WeChatProofs:
    """Implements `app.ports.wechat_identity.IdentityProofs`. A login that the account does not
    offer is `ProviderUnavailable`."""

    def __init__(self, account: WeChatLoginAccount) -> None:
        self._account = account
        self._client = WeChatLoginClient(account.api)
        mini_program = account.mini_program
        self._token = None if mini_program is None else AccessToken(self._client, mini_program)

    async def close_connections(self) -> None:
        await self._client.close()

    async def wechat_mini_program(self, code: str) -> ProvenIdentity:
        app = _offered(self._account.mini_program)
        answer = await self._asked(
            "/sns/jscode2session",
            appid=app.app_id,
            secret=app.secret,
            js_code=code,
            grant_type=CODE_GRANT,
        )
        return _proven(IdentityProvider.WECHAT_MINI_PROGRAM, app, answer)

    async def wechat_web(self, code: str) -> ProvenIdentity:
        app = _offered(self._account.official)
        answer = await self._asked(
            "/sns/oauth2/access_token",
            appid=app.app_id,
            secret=app.secret,
            code=code,
            grant_type=CODE_GRANT,
        )
        if answer.get("is_snapshotuser") == 1:
            # 快照页: a made-up account for whoever only looks at the page, another each time.
            raise ProofRefused("snapshot user")
        if "unionid" not in answer and "snsapi_userinfo" in str(answer.get("scope", "")):
            answer |= await self._userinfo(answer)
        return _proven(IdentityProvider.WECHAT_WEB, app, answer)

    async def wechat_phone(self, code: str) -> ProvenPhone:
        if self._token is None:
            raise ProviderUnavailable("no mini program is set")
        token = await self._token.get()
        try:
            answer = await self._phone_of(code, token)
        except TokenStale:
            answer = await self._again(code, token, self._token)
        told = answer.get("phone_info")
        told = told if isinstance(told, dict) else {}
        phone = read_phone(str(told.get("purePhoneNumber", "")))
        if phone is None or f"+{told.get('countryCode')}" != COUNTRY:
            raise ProofRefused("no number of mainland China")
        return ProvenPhone(phone, PhoneProof.WECHAT)

    def web_authorisation_url(self, redirect_uri: str, state: str, *, with_consent: bool) -> str:
        app = _offered(self._account.official)
        # WeChat wants them in this order, and the fragment.
        query = {
            "appid": app.app_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": "snsapi_userinfo" if with_consent else "snsapi_base",
            "state": state,
        }
        where = f"{self._account.authorise}/connect/oauth2/authorize"
        return f"{where}?{urlencode(query)}#wechat_redirect"

    async def _again(self, code: str, stale: str, token: AccessToken) -> Answer:
        """The code was not looked at: it still holds."""
        try:
            return await self._phone_of(code, await token.get(stale))
        except TokenStale:
            raise ProviderUnavailable("a new access token is refused too") from None

    async def _phone_of(self, code: str, token: str) -> Answer:
        path = "/wxa/business/getuserphonenumber"
        return await self._client.post(path, {"code": code}, access_token=token)

    async def _userinfo(self, answer: Answer) -> Answer:
        told = await self._asked(
            "/sns/userinfo",
            access_token=str(answer.get("access_token")),
            openid=str(answer.get("openid")),
            lang="zh_CN",
        )
        return {"unionid": told["unionid"]} if "unionid" in told else {}

    async def _asked(self, path: str, **params: str) -> Answer:
        try:
            return await self._client.get(path, **params)
        except TokenStale:
            # Here the errcode speaks of the person's token or of our secret: no code is at fault.
            raise ProviderUnavailable("credentials refused") from None


def _offered(app: WeChatApp | None) -> WeChatApp:
    if app is None:
        raise ProviderUnavailable("no such app is set")
    return app


def _proven(provider: IdentityProvider, app: WeChatApp, answer: Answer) -> ProvenIdentity:
    subject, union_id = answer.get("openid"), answer.get("unionid")
    if not isinstance(subject, str) or not subject:
        raise ProviderUnavailable("no openid in the answer")
    known = union_id if isinstance(union_id, str) and union_id else None
    return ProvenIdentity(provider=provider, app_id=app.app_id, subject=subject, union_id=known)
