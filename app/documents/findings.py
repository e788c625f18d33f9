"""What is wrong with a document, where, and the way out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """`path` as a reader writes it: ``promotions[3].benefit.off_fen``; empty: the whole document.
    `line` counts from 1, where the text is known."""

    path: str
    zh: str
    en: str
    line: int | None = None

    def within(self, place: str, line: int | None) -> "Finding":
        """The same finding, told from a document that holds this one at `place`."""
        joined = f"{place}.{self.path}" if self.path else place
        return replace(self, path=joined, line=line)


class DocumentInvalid(Exception):
    """All findings of a document, in its order; at least one. `source` names the file, if any."""

    def __init__(self, findings: Sequence[Finding], source: str | None = None) -> None:
        super().__init__("; ".join(f"{finding.path or '.'}: {finding.en}" for finding in findings))
        self.findings = tuple(findings)
        self.source = source


def written(path: Path) -> str:
    """("promotions", 3, "code") as ``promotions[3].code``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text
