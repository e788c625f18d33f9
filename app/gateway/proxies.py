"""Who really asks, where a proxy stands in between: address and scheme out of X-Forwarded-For and
X-Forwarded-Proto, believed of the proxies that are trusted and of nobody else."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

Network = IPv4Network | IPv6Network
_SECURE = {"http": "https", "ws": "wss"}


class TrustedProxies:
    """The outermost layer: everything behind it sees the caller as if there were no proxy."""

    def __init__(self, app: ASGIApp, networks: Sequence[Network]) -> None:
        self._app = app
        self._networks = tuple(networks)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"} and self._trusted(_peer(scope)):
            self._believe(scope, Headers(scope=scope))
        await self._app(scope, receive, send)

    def _believe(self, scope: Scope, headers: Headers) -> None:
        if headers.get("x-forwarded-proto", "").strip().lower() in {"https", "wss"}:
            scope["scheme"] = _SECURE.get(scope["scheme"], scope["scheme"])
        caller = self._caller(headers.getlist("x-forwarded-for"))
        if caller is not None:
            scope["client"] = (str(caller), 0)

    def _caller(self, told: Sequence[str]) -> IPv4Address | IPv6Address | None:
        """Each proxy adds the one it heard from at the end: so the last that is no proxy of ours.
        What stands before it anybody may have written. None: nothing that can be believed."""
        found = None
        for entry in reversed(",".join(told).split(",")):
            found = _address(entry)
            if found is None or not self._trusted(found):
                break
        return found

    def _trusted(self, address: IPv4Address | IPv6Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)


def _peer(scope: Scope) -> IPv4Address | IPv6Address | None:
    client = scope.get("client")
    return _address(client[0]) if client else None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Of "203.0.113.7", "203.0.113.7:4711", "2001:db8::7" or "[2001:db8::7]:4711"."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
