"""As whom PostgreSQL runs, for it refuses to run as root.

A normal user runs it directly. Root runs it in a user namespace where root appears as `nobody`:
files stay root's, no folder is opened to anybody. Where user namespaces are forbidden, it runs as
`nobody`, who cannot enter root's folders: then its data lies under the temporary directory.
"""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.integrations.local_servers.errors import LocalServersError
from app.integrations.local_servers.folders import Folders

NOBODY = 65534
NAMESPACE = ("unshare", "-U", f"--map-user={NOBODY}", f"--map-group={NOBODY}")


@dataclass(frozen=True, slots=True)
class Identity:
    """`prefix` goes before each command; `user`: a numeric user to become, None: stay."""

    data: Path
    sockets: Path
    binaries: Path
    prefix: tuple[str, ...] = ()
    user: int | None = None


def identity_for(folders: Folders, binaries: Path) -> Identity:
    """Choose by who we are and by what the kernel allows."""
    data = folders.home / "postgres"
    if os.geteuid() != 0:
        return Identity(data, folders.sockets, binaries)
    if _succeeds([*NAMESPACE, str(binaries / "postgres"), "--version"]):
        return Identity(data, folders.sockets, binaries, prefix=NAMESPACE)
    return _as_nobody(folders, binaries)


def home_of_nobody(folders: Folders) -> Path:
    """Where the data lie when PostgreSQL runs as `nobody`."""
    return folders.sockets.with_name(folders.sockets.name + "-nobody")


def _as_nobody(folders: Folders, binaries: Path) -> Identity:
    home = home_of_nobody(folders)
    home.mkdir(mode=0o700, exist_ok=True)
    found = home.lstat()
    if home.is_symlink() or found.st_uid not in (0, NOBODY):
        raise LocalServersError(
            f"{home} 属于别的用户，不能使用。请删除它，或设置另一个 TMPDIR。",
            f"{home} belongs to another user: remove it or set another TMPDIR.",
        )
    os.chown(home, NOBODY, NOBODY)
    home.chmod(0o700)
    if not _succeeds([str(binaries / "postgres"), "--version"], user=NOBODY):
        binaries = _copied(binaries, home)
    return Identity(home / "postgres", home, binaries, user=NOBODY)


def _copied(binaries: Path, home: Path) -> Path:
    """The server's programs and libraries, copied to where `nobody` can read them."""
    package = binaries.parent.parent
    for source in (package, package.with_name(package.name + ".libs")):
        if source.exists() and not (home / source.name).exists():
            unfinished = Path(tempfile.mkdtemp(dir=home))
            shutil.copytree(source, unfinished / source.name, symlinks=True)
            (unfinished / source.name).rename(home / source.name)
            unfinished.rmdir()
    return home / package.name / binaries.parent.name / binaries.name


def _succeeds(command: list[str], user: int | None = None) -> bool:
    """False too where the program is absent or we may not become that user."""
    try:
        tried = subprocess.run(
            command,
            capture_output=True,
            check=False,
            cwd="/",
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
    except OSError:
        return False
    return tried.returncode == 0
