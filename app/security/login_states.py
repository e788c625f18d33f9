"""What a browser that was sent to WeChat keeps until it comes back: a short cookie, sealed."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from app.ports.sealing import Sealer
from app.security.sealed_words import open_word, sealed_word

PLACE = "login state"
LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class StartedLogin:
    """`state` goes to WeChat and comes back; `word` is the cookie that it must come back with."""

    state: str
    word: str


@dataclass(frozen=True, slots=True)
class LoginStates:
    """A link with somebody else's code would sign its reader in as somebody else (RFC 6749, 10.12):
    only the browser that was sent away has the cookie."""

    sealer: Sealer

    def start(self, to: str, moment: datetime) -> StartedLogin:
        """`to`: the page to go back to."""
        state = secrets.token_urlsafe(24)
        until = int((moment + LASTS).timestamp())
        kept = orjson.dumps([state, to, until]).decode()
        return StartedLogin(state, sealed_word(self.sealer, kept, PLACE))

    def finish(self, word: str, state: str, moment: datetime) -> str | None:
        """The page to go back to; None: another browser's, another state, or too late."""
        opened = open_word(self.sealer, word, PLACE)
        if opened is None:
            return None
        kept, to, until = orjson.loads(opened)
        same = hmac.compare_digest(str(kept).encode(), state.encode())
        return to if same and moment.timestamp() < until else None
