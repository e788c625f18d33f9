"""Promotion documents on the command line: read, reviewed, written."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import yaml

from app.cli.errors import CommandFailed
from app.cli.findings import tell_finding
from app.documents.findings import DocumentInvalid, Finding, written
from app.documents.promotions import SCHEMA, dump_promotion, load_promotions
from app.domain.promotions.promotion import Promotion
from app.domain.promotions.review import KnownPlaces, Remark, Severity, review

MARKS = {Severity.ERROR: ("✗", "red"), Severity.WARNING: ("!", "yellow")}


def loaded(files: Sequence[Path]) -> list[Promotion]:
    """The promotions of all files; prints every finding of every file, then fails."""
    found: list[Promotion] = []
    taken: dict[str, Path] = {}
    invalid = 0
    for file in files:
        try:
            promotions = load_promotions(file)
            _refuse_taken(promotions, taken, file)
            found.extend(promotions)
        except DocumentInvalid as error:
            invalid += len(error.findings)
            for finding in error.findings:
                tell_finding(file, finding)
    if invalid:
        raise CommandFailed(
            f"{invalid} 处有误，什么都没有写入。", f"{invalid} findings: nothing was written."
        )
    return found


def reviewed(
    promotions: Sequence[Promotion],
    beside: Sequence[Promotion] = (),
    places: KnownPlaces | None = None,
) -> int:
    """Prints what the review remarks and returns how many warnings; an error fails the command."""
    remarks = review(promotions, beside, places=places, moment=datetime.now(UTC))
    for remark in remarks:
        _tell_remark(remark)
    errors = sum(remark.severity is Severity.ERROR for remark in remarks)
    if errors:
        raise CommandFailed(
            f"{errors} 处不可能有效，什么都没有写入。",
            f"{errors} parts can never take effect: nothing was written.",
        )
    return len(remarks)


def as_yaml(promotions: Sequence[Promotion]) -> str:
    """A file of these documents, which `load_promotions` reads back to the same."""
    documents = [dump_promotion(promotion) for promotion in promotions]
    return yaml.safe_dump(
        {"schema": SCHEMA, "promotions": documents}, allow_unicode=True, sort_keys=False, width=100
    )


def _refuse_taken(found: Sequence[Promotion], taken: dict[str, Path], file: Path) -> None:
    again = [promotion.code for promotion in found if promotion.code in taken]
    if again:
        raise DocumentInvalid(
            [
                Finding(code, f"代码已在 {taken[code]} 中", f"the code is taken in {taken[code]}")
                for code in again
            ]
        )
    taken.update((promotion.code, file) for promotion in found)


def _tell_remark(remark: Remark) -> None:
    mark, colour = MARKS[remark.severity]
    click.secho(f"{mark} {remark.code}  {written(remark.path)}", fg=colour, err=True)
    click.echo(f"    {remark.zh}\n    {remark.en}", err=True)
