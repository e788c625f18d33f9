"""A server that can be cut off and come back: a relay in front of the real one."""

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import make_url

Address = str | tuple[str, int]


@dataclass
class Cuttable:
    """Relays a port of this machine to `target` (a host and port, or the path of a Unix socket)
    until `cut`; `mend` listens on the same port again."""

    target: Address
    port: int = 0
    _listener: socket.socket | None = None
    _open: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def mend(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(64)
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Refuses new connections and breaks those that are open."""
        assert self._listener is not None
        # shutdown wakes the thread that waits in accept; close alone would not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for end in self._open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = self._reach()
                with self._lock:
                    self._open |= {near, far}
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._relay, args=(source, sink), daemon=True).start()

    def _reach(self) -> socket.socket:
        if isinstance(self.target, str):
            far = socket.socket(socket.AF_UNIX)
            far.connect(self.target)
            return far
        return socket.create_connection(self.target)

    def _relay(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(65_536):
                sink.sendall(chunk)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open -= {source, sink}
        source.close()


def before_database(url: str) -> tuple[Cuttable, str]:
    """A relay in front of a PostgreSQL URL, and the URL that goes through it."""
    parsed = make_url(url)
    host, port = parsed.query.get("host", parsed.host), parsed.port or 5432
    assert isinstance(host, str)
    relay = Cuttable(f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port))
    relay.mend()
    query = {name: value for name, value in parsed.query.items() if name != "host"}
    through = parsed.set(host="127.0.0.1", port=relay.port, query=query)
    return relay, through.render_as_string(hide_password=False)
