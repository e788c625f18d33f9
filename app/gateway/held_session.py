"""The session that came with a request's cookie, and what the answer does to the cookie."""

from collections.abc import Callable
from typing import cast

from starlette.requests import HTTPConnection

from app.gateway.faults import EdgeCode, EdgeFault
from app.ports.session_tokens import TokenPair
from app.security.session_cookies import CookieSession

_KEY = "held_session"


class HeldSession:
    """Implements `app.resolvers.front_desk.Carrier`. `session` None: no cookie. `fault`: why the
    cookie does not hold. `outgoing`: the next cookie, "" removes it, None leaves it."""

    def __init__(self, word: Callable[[TokenPair], str]) -> None:
        self._word = word
        self.session: CookieSession | None = None
        self.fault: EdgeFault | None = None
        self.outgoing: str | None = None

    def carry(self, pair: TokenPair) -> None:
        self.outgoing = self._word(pair)

    def drop(self) -> None:
        self.outgoing = ""

    def over(self, fault: EdgeFault) -> EdgeFault:
        """This request is refused, and the next one is a guest's."""
        self.fault = fault
        self.drop()
        return fault


def hold(caller: HTTPConnection, held: HeldSession) -> None:
    caller.scope.setdefault("state", {})[_KEY] = held


def held_by(caller: HTTPConnection) -> HeldSession | None:
    """None where cookies carry nothing."""
    return cast("HeldSession | None", caller.scope.get("state", {}).get(_KEY))


def session_over(code: EdgeCode) -> EdgeFault:
    """TOKEN_EXPIRED or TOKEN_INVALID."""
    return EdgeFault(401, code, "登录已失效，请重新登录。", "The session is over. Sign in again.")
