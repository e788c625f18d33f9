"""What becomes of a code, by its beginning.

| code | what WeChat answers |
|---|---|
| ok-NAME | the person NAME of this app |
| union-NAME | NAME, with the unionid that all apps know them by |
| used-… | 40163, used before |
| expired-… | 40029, out of date or unknown; so is every code without a known beginning |
| rate-… | 45011, too many for this person |
| busy-… | -1, busy |
| risk-… | 40226, blocked |
| down-… | no JSON, status 503 |
| snapshot-NAME | web pages: a made-up account |
| foreign-NUMBER | the phone button: a number outside of mainland China |

NAME ends at the first dot: ok-wang.1 and ok-wang.2 are two codes of one person, and a code with a
dot is good once, as WeChat's are. Of the phone button, NAME is the number: ok-13812340001.
"""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

Answer = dict[str, Any]

ERRORS = {
    "used": (40163, "code been used"),
    "expired": (40029, "invalid code"),
    "rate": (45011, "api minute-quota reach limit"),
    "busy": (-1, "system error"),
    "risk": (40226, "code blocked"),
}


class Down(Exception):
    """No answer of WeChat's at all."""


class Refused(Exception):
    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errmsg)
        self.answer = {"errcode": errcode, "errmsg": errmsg}


@dataclass(slots=True, eq=False)
class Codes:
    """`_used`: those with a dot that were good once."""

    _used: set[str] = field(default_factory=set[str])

    def read(self, code: str) -> tuple[str, str]:
        """(beginning, NAME) of a good code, which is used up by it. Raises `Refused` and `Down`."""
        kind, _, rest = code.partition("-")
        if kind == "down":
            raise Down
        if kind in ERRORS:
            raise Refused(*ERRORS[kind])
        if kind not in {"ok", "union", "snapshot", "foreign"} or not rest:
            raise Refused(*ERRORS["expired"])
        if "." in rest:
            if code in self._used:
                raise Refused(*ERRORS["used"])
            self._used.add(code)
        return kind, rest.partition(".")[0]


def openid_of(app_id: str, name: str) -> str:
    """28 signs, another in each app."""
    return "o" + _opaque(f"{app_id}:{name}")


def union_id_of(name: str) -> str:
    return "u" + _opaque(name)


def _opaque(text: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()[:27]
