"""Secrets kept in files of the data folder: made at first use, readable by the owner only."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

OWNER_ONLY = 0o600


class SecretExposed(Exception):
    """Others may read the file."""


def kept_secret(path: Path, make: Callable[[], bytes]) -> str:
    """The text of the file; `make` gives it where there is none yet.

    Several processes may start at once: the one that links its file first wins, and all read that
    one. Raises `SecretExposed`.
    """
    if not path.exists():
        _write(path, make())
    if path.stat().st_mode & 0o077:
        raise SecretExposed(
            f"密钥 {path} 可被他人读取，请执行 chmod 600。"
            f"Others may read the key {path}: run chmod 600 on it."
        )
    return path.read_text("ascii", errors="replace")


def replace_secret(path: Path, content: bytes) -> None:
    """Whole or not at all: whoever reads meanwhile sees the one before or this one."""
    with _draft(path, content) as draft:
        draft.replace(path)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: written beside it, then linked, which fails if another was first."""
    with _draft(path, content) as draft, suppress(FileExistsError):
        os.link(draft, path)


@contextmanager
def _draft(path: Path, content: bytes) -> Iterator[Path]:
    """The content in a file beside it, on the disk, gone at the end."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)
