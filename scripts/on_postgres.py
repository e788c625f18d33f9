"""Run the tests that touch a database on the PostgreSQL whose programs lie in a folder.

The address reaches the tests as YOUHUI_DATABASE_URL: the way of a server of one's own.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from app.integrations.local_servers import local_servers

ELSEWHERE = ("access", "attacks", "cli", "e2e", "house")
"""Whole processes, whose statements the tests of storage and of the use cases send too."""


def main() -> int:
    programs, *options = sys.argv[1:]
    version = subprocess.run(
        [f"{programs}/postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    with tempfile.TemporaryDirectory(prefix="youhui-") as folder:
        with local_servers(Path(folder), durable=False, postgres_binaries=Path(programs)) as at:
            print(f"→ {version}, user {os.geteuid()}")
            environment = os.environ | {
                "YOUHUI_DATABASE_URL": at.database_url,
                "YOUHUI_REDIS_URL": at.redis_url,
            }
            left_out = [f"--ignore=tests/{folder}" for folder in ELSEWHERE]
            tests = [sys.executable, "-m", "pytest", "-n", "auto", "-m", "database", *left_out]
            tests += options
            return subprocess.run(tests, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
