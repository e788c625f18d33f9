"""Signing keys in a folder, followed while they are rotated: by commands, under running processes.

`signing-key.pem` holds all that verify, the one that signs first; `retired-keys.pem` those that
do neither. Each is replaced whole, so that whoever reads sees the keys before or after.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from joserfc.jwk import ECKey

from app.security.kept import OWNER_ONLY, replace_secret
from app.security.keys import KEY_FILE, SigningKeyInvalid, SigningKeys, new_key_pem

RETIRED_FILE = "retired-keys.pem"
LOCK_FILE = "keys.lock"
LOOK_EVERY_S = 1.0


class FollowedKeys:
    """Implements `app.security.keys.KeyRing`. It looks at the files' stamps every second, and at
    once where a token names a key that it does not know: another process may have signed with a
    new one before we looked. Files that cannot be read leave the keys as they are."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Makes the first key where there is none. Raises `SigningKeyInvalid`."""
        self._folder = folder
        self._clock = clock
        self._stamps: tuple[tuple[int, int, int] | None, ...] = ()
        self._looked_at = 0.0
        self._keys = SigningKeys.kept_under(folder)
        self._look()

    def now(self) -> SigningKeys:
        if self._clock() - self._looked_at >= LOOK_EVERY_S:
            self._look()
        return self._keys

    def verifying(self, key_id: str) -> ECKey | None:
        known = self.now().by_id.get(key_id)
        if known is None:
            self._look()
            known = self._keys.by_id.get(key_id)
        return known

    def _look(self) -> None:
        self._looked_at = self._clock()
        stamps = tuple(_stamp(self._folder / name) for name in (KEY_FILE, RETIRED_FILE))
        if stamps == self._stamps:
            return
        try:
            self._keys = read_keys(self._folder)
            self._stamps = stamps
        except (SigningKeyInvalid, OSError):
            return


class KeyChangeRefused(Exception):
    """`zh` and `en` say what stands in the way."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


def read_keys(folder: Path) -> SigningKeys:
    """As `SigningKeys.kept_under`, with those that were retired."""
    kept = SigningKeys.kept_under(folder)
    retired = folder / RETIRED_FILE
    if not retired.exists():
        return kept
    return SigningKeys.of_text(_text(kept.by_id), retired.read_text("ascii", errors="replace"))


def rotate(folder: Path) -> SigningKeys:
    """A new key signs from now on, all before it go on verifying. Raises `SigningKeyInvalid`."""
    with _alone(folder):
        kept = read_keys(folder)
        made = SigningKeys.of_text(new_key_pem().decode() + _text(kept.by_id))
        replace_secret(folder / KEY_FILE, _text(made.by_id).encode())
        return read_keys(folder)


def retire(folder: Path, name: str) -> SigningKeys:
    """The key of that id verifies no more: what it signed is refused. Raises `KeyChangeRefused`
    for an unknown id, and for the key that signs."""
    with _alone(folder):
        kept = read_keys(folder)
        if name == kept.current_id:
            raise KeyChangeRefused(
                f"{name} 正在签名，请先执行 youhui keys rotate",
                f"{name} is the one that signs: run `youhui keys rotate` first",
            )
        if name not in kept.by_id:
            raise KeyChangeRefused(f"没有验证用的密钥 {name}", f"no key {name} verifies")
        remaining = {other: key for other, key in kept.by_id.items() if other != name}
        gone = {name: kept.by_id[name], **kept.retired}
        # What is derived from it must be found at every instant: first there, then gone here.
        replace_secret(folder / RETIRED_FILE, _text(gone).encode())
        replace_secret(folder / KEY_FILE, _text(remaining).encode())
        return read_keys(folder)


def _text(keys: Mapping[str, ECKey]) -> str:
    pems = (key.as_pem(private=True).decode().strip() for key in keys.values())
    return "".join(f"{pem}\n" for pem in pems)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One command at a time changes the keys of a folder."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, OWNER_ONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
