"""The Redis client: short timeouts and no second try, since everything works without Redis."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

TIMEOUT_S = 0.2
"""For one command, and for connecting."""
SILENCE_S = 15
"""A subscriber asks a silent server for a sign of life this often."""


def make_client(url: str) -> Redis:
    """A client for commands; made inside the running loop, closed with `aclose()`."""
    return Redis.from_url(
        url,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        max_connections=50,
        client_name="youhui",
    )


def make_subscriber(url: str) -> Redis:
    """A client for one subscription, which waits for messages as long as it takes."""
    return Redis.from_url(
        url,
        socket_timeout=SILENCE_S,
        socket_connect_timeout=TIMEOUT_S,
        health_check_interval=SILENCE_S,
        retry=Retry(NoBackoff(), 0),
        client_name="youhui-subscriber",
    )
