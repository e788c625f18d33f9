"""What can go wrong with the servers that Youhui runs for itself."""

from pathlib import Path


class LocalServersError(Exception):
    """Says what happened, Chinese first, and where the log is, if there is one."""

    def __init__(self, zh: str, en: str, log: Path | None = None) -> None:
        self.zh = zh
        self.en = en
        self.log = log
        super().__init__(f"{zh}\n{en}" + (f"\n日志 log: {log}" if log else ""))


class AlreadyRunning(LocalServersError):
    """Another process holds the folder."""


class ServerFailed(LocalServersError):
    """A server ended, or did not answer in time."""
