"""The simulator's memory on disk: a line for what happened at once, never changed.

A line is on disk before anybody is told of it, so a killed simulator forgets nothing that it had
acknowledged.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

Event = dict[str, Any]


class AlreadyKept(Exception):
    """Another simulator writes this journal."""


class Journal:
    """Held by one process at a time. Raises `AlreadyKept`."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file: IO[bytes] = path.open("a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise AlreadyKept(path) from error
        self._drop_torn_line()

    def events(self) -> Iterator[Event]:
        """All so far, in their order."""
        self._file.seek(0)
        for line in self._file:
            yield from json.loads(line)

    def write(self, *events: Event) -> None:
        """One line, so a kill leaves all of them or none. On disk when it returns."""
        if not events:
            return
        self._file.write(json.dumps(events).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()

    def _drop_torn_line(self) -> None:
        """A line without its end was being written when the process was killed: nobody was told."""
        self._file.seek(0)
        content = self._file.read()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            self._file.truncate(whole)
