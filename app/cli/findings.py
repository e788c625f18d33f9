"""How findings in documents are told on the terminal."""

from pathlib import Path

import click

from app.documents.findings import Finding


def tell_finding(file: Path, finding: Finding) -> None:
    """Where, what is wrong and the way out, on standard error."""
    place = str(file) if finding.line is None else f"{file}:{finding.line}"
    click.secho(f"{place}  {finding.path}", fg="yellow", err=True)
    click.echo(f"    {finding.zh}\n    {finding.en}", err=True)
