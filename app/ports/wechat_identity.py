"""Identity providers: who says who somebody is. Never called inside a transaction."""

from typing import Protocol

from app.domain.identity.identity import ProvenIdentity
from app.domain.identity.phone import ProvenPhone


class ProofRefused(Exception):
    """The provider does not take the code: unknown, used, or its time is over. A new one is
    needed; the same never holds again."""


class ProviderUnavailable(Exception):
    """The provider cannot be reached, is too busy or fails: the same code may hold in a moment.
    Nothing was learnt of the code."""


class IdentityProofs(Protocol):
    """Every method raises `ProofRefused` and `ProviderUnavailable`. No secret that the provider
    tells on the way (session_key, access tokens) leaves the adapter."""

    async def wechat_mini_program(self, code: str) -> ProvenIdentity:
        """`code`: of `wx.login`, good once, for five minutes."""
        ...

    async def wechat_web(self, code: str) -> ProvenIdentity:
        """`code`: that the official account's web authorisation brought back."""
        ...

    async def wechat_phone(self, code: str) -> ProvenPhone:
        """`code`: of the mini program's phone button (getPhoneNumber), good once. Numbers that
        are not of mainland China are refused."""
        ...

    def web_authorisation_url(self, redirect_uri: str, state: str, *, with_consent: bool) -> str:
        """Where a browser inside WeChat is sent. `state` comes back unchanged. `with_consent`:
        the person is asked (snsapi_userinfo), else nothing is shown (snsapi_base)."""
        ...
