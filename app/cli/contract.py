"""`youhui contract`: manifests of trusted documents, and what a change of the contract breaks."""

import subprocess
from pathlib import Path

import click
from graphql import GraphQLError, GraphQLSchema
from graphql import build_schema as schema_of
from rich.console import Console

from app.cli.contract_options import APP_VERSION, CHANNEL, IN_FOLDER, manifest_refused, shelf_in
from app.cli.contract_tables import broken_lines, of_changes
from app.cli.contract_usage import last_use_lines, retire, usage
from app.cli.errors import CommandFailed, ExitCode
from app.gateway.trusted.building import OPERATIONS, built_documents, channels_of
from app.gateway.trusted.checking import check_contract
from app.gateway.trusted.deprecations import against_policy
from app.gateway.trusted.importing import ForeignFormat, imported
from app.gateway.trusted.manifest import Manifest, ManifestInvalid, TrustedDocument
from app.gateway.trusted.shelf import file_of
from app.gateway.trusted.versions import AppVersion
from app.schema.build import build_schema, print_sdl

ROOT = Path(__file__).resolve().parents[2]
SDL = "schema.graphql"
RELEASED = "released.graphql"


@click.group()
def contract() -> None:
    """契约：清单、检查、用量、停用 · manifests, checks, usage, retirement."""


contract.add_command(usage)
contract.add_command(retire)


@contract.command()
@CHANNEL
@APP_VERSION
@IN_FOLDER
@click.option("--replace", is_flag=True, help="覆盖内容不同的清单 · over a manifest that differs")
def build(channel: str, version: AppVersion, folder: Path, replace: bool) -> None:
    """从 clients/operations 生成清单 · a manifest from a channel's operations.

    已发布的版本不要重新生成：它的清单就是它会发送的内容。

    A version that is out in the world keeps its manifest: it is what that version sends.
    """
    try:
        documents = built_documents(OPERATIONS, channel, schema_of(print_sdl(build_schema())))
    except ManifestInvalid as fault:
        raise manifest_refused("操作有误", "The operations are wrong", fault) from fault
    _keep(folder, channel, version, documents, replace)


@contract.command("import")
@CHANNEL
@APP_VERSION
@IN_FOLDER
@click.option(
    "--format",
    "kind",
    type=click.Choice([kind.value for kind in ForeignFormat]),
    help="文件格式，默认自动识别 · told by the content by default",
)
@click.option("--replace", is_flag=True, help="覆盖内容不同的清单 · over a manifest that differs")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(
    *,
    channel: str,
    version: AppVersion,
    folder: Path,
    kind: str | None,
    replace: bool,
    file: Path,
) -> None:
    """导入 Relay、Apollo、graphql-codegen 的清单 · a manifest that a client's own tool wrote."""
    try:
        documents = imported(file.read_bytes(), ForeignFormat(kind) if kind else None)
    except ManifestInvalid as fault:
        raise manifest_refused(
            f"{file.name} 无法导入", f"{file.name} cannot be imported", fault
        ) from fault
    _keep(folder, channel, version, documents, replace)


def _keep(
    folder: Path,
    channel: str,
    version: AppVersion,
    documents: list[TrustedDocument],
    replace: bool,
) -> None:
    """Writes the manifest, if the schema takes all of it."""
    file = file_of(folder, channel, version)
    if version in shelf_in(folder).retired.get(channel, ()):
        raise CommandFailed(
            f"{channel} {version} 已停用：请用新版本号。",
            f"{channel} {version} is retired: choose a new version.",
        )
    try:
        manifest = Manifest.of(channel, version, documents)
    except ManifestInvalid as fault:
        raise manifest_refused("没有写入", "Nothing was written", fault) from fault
    report = check_contract([manifest], schema_of(print_sdl(build_schema())))
    if report.breaks:
        raise CommandFailed(
            "清单不符合契约，没有写入。",
            "The manifest does not fit the contract: nothing was written.\n"
            + "\n".join(broken_lines(report)),
        )
    content = manifest.written()
    if file.exists() and file.read_bytes() != content and not replace:
        raise CommandFailed(
            f"{channel} {version} 已有内容不同的清单：用新版本号，或加 --replace。",
            "That version has another manifest: choose a new version, or say --replace.",
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    click.echo(f"✓ {file.name}  {channel} {version}：{len(documents)} 个文档 documents")


@contract.command()
@IN_FOLDER
@click.option(
    "--base",
    metavar="REF|FILE",
    help="与之比较的 SDL，默认上次发布的 · compare with; by default what was released last",
)
@click.option(
    "--schema",
    "wanted",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="检查此 SDL 而非程序的 · check this SDL, not the program's",
)
@click.option(
    "--operations",
    "written",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=OPERATIONS,
    help="操作所在文件夹，默认 clients/operations · where the operations lie",
)
@click.option(
    "--usage",
    "with_usage",
    is_flag=True,
    help="各版本最近使用时间 · when each version was last used",
)
@click.option("--all", "everything", is_flag=True, help="也列出安全的变更 · safe changes too")
def check(
    *,
    folder: Path,
    base: str | None,
    wanted: Path | None,
    written: Path,
    with_usage: bool,
    everything: bool,
) -> None:
    """契约变更会破坏哪些已发布的操作 · which shipped operations a change would break.

    已发布或正在编写的操作被破坏，或 @deprecated 不合规定时，退出码为 1。破坏 SDL 但没有操作用到的
    变更可以通过。

    Exit code 1 if a shipped operation breaks, or one that is being written, or a @deprecated is
    against the policy. A change that is breaking by the SDL alone, and hits none, passes.
    """
    new = schema_of(print_sdl(build_schema())) if wanted is None else _schema(wanted)
    shelf = shelf_in(folder)
    report = check_contract(shelf.manifests, new, _base(base, folder))
    console = Console(soft_wrap=True)
    if report.changes:
        console.print(*of_changes(report.changes, everything=everything))
    for line in last_use_lines(shelf) if with_usage else ():
        click.echo(line)
    broken = list(broken_lines(report))
    others = [*_wrong_operations(written, new), *against_policy(new)]
    for line in (*broken, *others):
        click.secho(f"✗ {line}", fg="red")
    if broken or others:
        raise CommandFailed(
            f"会破坏 {len(report.breaks)} 个已发布的操作；另有 {len(others)} 处有误。",
            f"{len(report.breaks)} shipped operations would break; {len(others)} other faults. "
            "`youhui contract usage` tells who still uses what.",
        )
    click.echo(
        f"✓ {len(shelf.manifests)} 份清单的 {report.checked} 个操作不受影响 "
        f"operations of {len(shelf.manifests)} manifests hold"
    )


@contract.command()
@IN_FOLDER
def release(folder: Path) -> None:
    """把当前 SDL 记为已发布 · keep today's SDL as the one released, to compare with later."""
    sdl = print_sdl(build_schema())
    report = check_contract(shelf_in(folder).manifests, schema_of(sdl))
    if report.breaks:
        raise CommandFailed(
            "有已发布的操作不符合它。", "Shipped operations do not fit it: `youhui contract check`."
        )
    (folder / RELEASED).write_text(sdl, "utf-8")
    click.echo(f"✓ {RELEASED}: {len(sdl.splitlines())} lines")


def _wrong_operations(folder: Path, schema: GraphQLSchema) -> list[str]:
    """Of what is being written for the next version; each once, whichever channels it is for."""
    found: dict[str, None] = {}
    for channel in channels_of(folder):
        try:
            built_documents(folder, channel, schema)
        except ManifestInvalid as fault:
            found |= dict.fromkeys(f"{folder.name} {line}" for line in str(fault).splitlines())
    return list(found)


def _base(named: str | None, folder: Path) -> GraphQLSchema | None:
    """None: nothing was released yet. Raises `CommandFailed`."""
    if named is None:
        released = folder / RELEASED
        return _schema(released) if released.exists() else None
    if Path(named).is_file():
        return _schema(Path(named))
    shown = subprocess.run(
        ["git", "-C", str(ROOT), "show", "--end-of-options", f"{named}:{SDL}"],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    if shown.returncode:
        raise CommandFailed(
            f"没有名为 {named} 的文件或提交。",
            f"There is no file and no commit {named!r} with a {SDL}.",
            ExitCode.USAGE,
        )
    return schema_of(shown.stdout)


def _schema(file: Path) -> GraphQLSchema:
    try:
        return schema_of(file.read_text("utf-8"))
    except (GraphQLError, TypeError, UnicodeDecodeError) as fault:
        raise CommandFailed(
            f"{file.name} 不是有效的 SDL：{fault}",
            f"{file.name} holds no SDL.",
            ExitCode.FILE_UNREADABLE,
        ) from fault
