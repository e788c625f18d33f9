"""Serving a simulator on this machine."""

import socket
import sys

import uvicorn
from starlette.applications import Starlette

from app.cli.logs import logging_as
from app.settings import WatchingSettings

HOST = "127.0.0.1"


def serve_simulator(app: Starlette, listener: socket.socket) -> None:
    """Until it is told to end."""
    config = uvicorn.Config(
        app,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        log_config=logging_as(WatchingSettings().log_format),
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    uvicorn.Server(config).run(sockets=[listener])
