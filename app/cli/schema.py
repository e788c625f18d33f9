"""`youhui schema`: the contract as SDL, printed to `schema.graphql` or compared with it."""

import difflib
from pathlib import Path

import click

from app.cli.errors import CommandFailed
from app.schema.build import build_schema, print_sdl

FILE = Path(__file__).resolve().parents[2] / "schema.graphql"


@click.command()
@click.option("--check", is_flag=True, help="只核对，不写入 · compare, write nothing")
def schema(check: bool) -> None:
    """打印 GraphQL 契约到 schema.graphql · print the contract's SDL."""
    sdl = print_sdl(build_schema())
    kept = FILE.read_text("utf-8") if FILE.exists() else ""
    if check and sdl != kept:
        changes = difflib.unified_diff(
            kept.splitlines(), sdl.splitlines(), "schema.graphql", "app/schema", lineterm=""
        )
        raise CommandFailed(
            "schema.graphql 与代码不一致：运行 make schema。",
            "schema.graphql differs from the code: run `make schema`.\n" + "\n".join(changes),
        )
    if not check:
        FILE.write_text(sdl, "utf-8")
        click.echo(f"{FILE.name}: {len(sdl.splitlines())} lines")
