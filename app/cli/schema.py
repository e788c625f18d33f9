"""`youhui schema`: the contracts, printed to their files or compared with them: the SDL, and the
JSON Schemas of promotion and case files."""

import difflib
from collections.abc import Iterator
from pathlib import Path

import click

from app.cli.errors import CommandFailed
from app.documents.json_schema import cases_schema, printed, promotions_schema
from app.schema.build import build_schema, print_sdl

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "schema.graphql"
SCHEMAS = Path("docs/schemas")


def contracts() -> Iterator[tuple[Path, str]]:
    """Each file, from the root of the repository, and what it must hold."""
    yield Path(FILE.name), print_sdl(build_schema())
    yield SCHEMAS / "promotions-v1.json", printed(promotions_schema())
    yield SCHEMAS / "cases-v1.json", printed(cases_schema())


@click.command()
@click.option("--check", is_flag=True, help="只核对，不写入 · compare, write nothing")
def schema(check: bool) -> None:
    """打印契约到 schema.graphql 与 docs/schemas · print the SDL and the JSON Schemas."""
    for name, text in contracts():
        file = ROOT / name
        kept = file.read_text("utf-8") if file.exists() else ""
        if check and text != kept:
            changes = difflib.unified_diff(
                kept.splitlines(), text.splitlines(), str(name), "app", lineterm=""
            )
            raise CommandFailed(
                f"{name} 与代码不一致：运行 make schema。",
                f"{name} differs from the code: run `make schema`.\n" + "\n".join(changes),
            )
        if not check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
            click.echo(f"{name}: {len(text.splitlines())} lines")
