"""Where an application may be sent back to after signing a member in (RFC 8252)."""

import re

from app.domain.shared.senseless import SenselessValue

LOOPBACK = frozenset({"127.0.0.1", "[::1]"})
PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")
"""A scheme of the application's own: a reversed domain name, so that it is nobody else's
(RFC 8252, section 7.1)."""
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*):(?://([^/?#]*))?([\x21\x22\x24-\x7e]*)")
"""Scheme, authority and the rest, without a fragment, in plain characters."""
LONGEST = 512


def check_redirect(uri: str) -> None:
    """Of an application that is to be registered. Raises `SenselessValue`."""
    read = ADDRESS.fullmatch(uri) if len(uri) <= LONGEST else None
    if read is None:
        raise SenselessValue(
            f"{uri}：回跳地址不能有片段或特殊字符",
            f"{uri}: no fragment, and plain characters only",
        )
    scheme, authority, _ = read.groups()
    own = PRIVATE_SCHEME.fullmatch(scheme) is not None
    loopback = scheme == "http" and authority in LOOPBACK
    if not (own or loopback or (scheme == "https" and HOST.fullmatch(authority or ""))):
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
    read = ADDRESS.fullmatch(given) if len(given) <= LONGEST else None
    if read is None:
        return False
    scheme, authority, rest = read.groups()
    host, colon, port = (authority or "").rpartition(":")
    if scheme != "http" or host not in LOOPBACK or not colon:
        return False
    if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65_536):
        return False
    return f"http://{host}{rest}" == registered


def form_source(uri: str) -> str:
    """What a page's policy names to let a form's answer lead there: an origin, or a scheme. `uri`
    matches a registered one."""
    read = ADDRESS.fullmatch(uri)
    if read is None:
        return "'none'"
    scheme, authority, _ = read.groups()
    return f"{scheme}://{authority}" if authority else f"{scheme}:"
