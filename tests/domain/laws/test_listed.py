"""docs/laws.md names every law with its test, and no test that there is not."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
LISTED = re.findall(r"`(test_\w+)`", (ROOT / "docs" / "laws.md").read_text(encoding="utf-8"))
DEFINED = re.compile(r"^(?:async )?def (test_\w+)", re.MULTILINE)


def names_below(folder: Path) -> list[str]:
    files = sorted(folder.rglob("test_*.py"))
    return [name for path in files for name in DEFINED.findall(path.read_text(encoding="utf-8"))]


def test_every_law_is_listed_once() -> None:
    own = set(DEFINED.findall(Path(__file__).read_text(encoding="utf-8")))
    laws = set(names_below(Path(__file__).parent)) - own
    assert laws <= set(LISTED)
    assert len(LISTED) == len(set(LISTED))


def test_every_listed_law_has_its_test() -> None:
    assert set(LISTED) <= set(names_below(ROOT / "tests"))
