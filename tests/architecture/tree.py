"""The checkout's own files: those that git knows or would take."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def files() -> tuple[str, ...]:
    """Paths relative to the checkout, with "/": tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(sorted(p for p in listed.split("\0") if p and (ROOT / p).is_file()))


def python_files(*under: str) -> list[str]:
    """Python files below these folders (none given: all), migrations left out."""
    return [
        path
        for path in files()
        if path.endswith(".py")
        and not path.startswith("migrations/versions/")
        and (not under or path.startswith(under))
    ]
