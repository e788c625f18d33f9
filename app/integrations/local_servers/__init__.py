"""PostgreSQL and Valkey of our own, for development, demo and tests: no installed server, no
account, no open port."""

from app.integrations.local_servers.errors import (
    AlreadyRunning,
    LocalServersError,
    ServerFailed,
)
from app.integrations.local_servers.launcher import (
    LocalServers,
    RunningServer,
    add_server,
    local_servers,
    running_servers,
)

__all__ = [
    "AlreadyRunning",
    "LocalServers",
    "LocalServersError",
    "RunningServer",
    "ServerFailed",
    "add_server",
    "local_servers",
    "running_servers",
]
