"""Run the local servers for another process: `python -m app.integrations.local_servers FOLDER`.

They stop on SIGTERM or Ctrl-C, or when the process `--follow` names ends, even by kill -9.
Not durable: for tests and measurements.
"""

import argparse
import os
import select
import shutil
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from app.integrations.local_servers.children import is_alive
from app.integrations.local_servers.folders import Folders
from app.integrations.local_servers.identity import home_of_nobody
from app.integrations.local_servers.launcher import local_servers


def main() -> None:
    arguments = _arguments()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    try:
        with local_servers(
            arguments.folder, durable=False, postgres_binaries=arguments.postgres_binaries
        ):
            _wait_for_end(arguments.follow)
    except SystemExit:
        pass
    finally:
        if arguments.remove:
            shutil.rmtree(home_of_nobody(Folders.of(arguments.folder)), ignore_errors=True)
            shutil.rmtree(arguments.folder, ignore_errors=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="local_servers", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--follow", type=int, required=True, help="stop when this process ends")
    parser.add_argument("--postgres-binaries", type=Path, help="another PostgreSQL's bin folder")
    parser.add_argument("--remove", action="store_true", help="delete the folder at the end")
    return parser.parse_args()


def _wait_for_end(pid: int) -> None:
    if sys.platform == "linux":
        try:
            watched = os.pidfd_open(pid)
        except ProcessLookupError:
            return
        select.select([watched], [], [])
    while is_alive(pid):
        time.sleep(0.2)


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
