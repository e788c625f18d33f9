"""Whether a host is this machine: then no proxy stands between, and simulators may answer."""

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import Request


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_from_here(request: Request) -> bool:
    """From this machine, by a name of this machine, and not sent by another site's page."""
    client = request.client.host if request.client else ""
    origin = request.headers.get("origin", "")
    places = [client, request.url.hostname or "", urlsplit(origin).hostname or client]
    return all(is_loopback(place) for place in places)
