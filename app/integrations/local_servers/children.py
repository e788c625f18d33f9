"""Child processes that never outlive their parent, whatever ends it, kill -9 included."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.integrations.local_servers.errors import ServerFailed

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What to run. `stop_signal` ends it tidily: sent by `stop`, and by the kernel (Linux) when
    this process dies. `user`: a numeric user to become (root only)."""

    name: str
    arguments: Sequence[str]
    log: Path
    stop_signal: signal.Signals
    environment: Mapping[str, str] | None = None
    user: int | None = None


def follow_parent(sent: signal.Signals) -> None:
    """From now on the kernel (Linux) sends `sent` to this process when its parent dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(sent))


def start(command: Command) -> subprocess.Popen[bytes]:
    """Start in a process group of its own, so that Ctrl-C in the terminal reaches only us.

    The kernel's signal is bound to the thread that starts: call this from one that stays.
    """
    with command.log.open("ab") as log:
        return subprocess.Popen(
            command.arguments,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=None if command.environment is None else dict(command.environment),
            user=command.user,
            group=command.user,
            extra_groups=None if command.user is None else [],
            preexec_fn=_follow_parent(command.stop_signal),
        )


def _follow_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def follow() -> None:
        os.setpgid(0, 0)
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != parent:  # it died before the line above took effect
            os._exit(1)

    return follow


def stop(child: subprocess.Popen[bytes], stop_signal: signal.Signals, patience_s: float) -> None:
    """End a child and wait for its end: tidily, then after `patience_s` by force."""
    if child.poll() is None:
        child.send_signal(stop_signal)
        try:
            child.wait(patience_s)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def await_ready(
    child: subprocess.Popen[bytes],
    command: Command,
    ready: Callable[[], bool],
    patience_s: float = 60.0,
) -> None:
    """Return once `ready()` holds. The child ends first, or time is up: `ServerFailed`."""
    deadline = time.monotonic() + patience_s
    while not ready():
        if child.poll() is not None:
            raise ServerFailed(
                f"{command.name} 启动失败（退出码 {child.returncode}）：{last_line(command.log)}",
                f"{command.name} failed to start (exit code {child.returncode}).",
                command.log,
            )
        if time.monotonic() > deadline:
            raise ServerFailed(
                f"{command.name} 在 {patience_s:.0f} 秒内没有就绪。",
                f"{command.name} was not ready within {patience_s:.0f} seconds.",
                command.log,
            )
        time.sleep(0.01)


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "?"


def is_alive(pid: int) -> bool:
    """Whether a process with this id exists (a zombie counts as ended)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return sys.platform != "linux"
    return fields[0] != "Z"
