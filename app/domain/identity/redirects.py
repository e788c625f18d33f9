"""Where an application may be sent back to after signing a member in (RFC 8252)."""

import re
from urllib.parse import urlsplit, urlunsplit

from app.domain.shared.senseless import SenselessValue

LOOPBACK = frozenset({"127.0.0.1", "[::1]"})
PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")
"""A scheme of the application's own: a reversed domain name, so that it is nobody else's
(RFC 8252, section 7.1)."""
PLAIN = re.compile(r"[\x21-\x7e]{1,512}")


def check_redirect(uri: str) -> None:
    """Of an application that is to be registered. Raises `SenselessValue`."""
    parts = urlsplit(uri) if PLAIN.fullmatch(uri) else None
    if parts is None or parts.fragment or "#" in uri:
        raise SenselessValue(
            f"{uri}：回跳地址不能有片段或特殊字符",
            f"{uri}: no fragment, and plain characters only",
        )
    own = PRIVATE_SCHEME.fullmatch(parts.scheme) is not None
    loopback = parts.scheme == "http" and parts.netloc in LOOPBACK
    if not (own or loopback or (parts.scheme == "https" and parts.hostname)):
        raise SenselessValue(
            f"{uri}：回跳地址应为 https、应用自己的协议（如 com.youhui.app:/）或 http://127.0.0.1/",
            f"{uri}: https, a scheme of the application's own (com.youhui.app:/), or "
            "http://127.0.0.1/ without a port",
        )


def redirect_matches(registered: str, given: str) -> bool:
    """Exactly as registered; a loopback one with any port, which the application's machine gives
    out (RFC 8252, section 7.3)."""
    if given == registered:
        return True
    expected = urlsplit(registered)
    if expected.scheme != "http" or expected.netloc not in LOOPBACK or not PLAIN.fullmatch(given):
        return False
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError:
        return False
    if port is None or parts.netloc != f"{expected.netloc}:{port}":
        return False
    return urlunsplit(parts._replace(netloc=expected.netloc)) == registered


def form_source(uri: str) -> str:
    """What a page's policy names to let a form's answer lead there: an origin, or a scheme."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
