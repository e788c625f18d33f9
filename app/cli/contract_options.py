"""Options, and the shelf, that commands about the contract share."""

from pathlib import Path
from typing import Any

import click

from app.cli.errors import CommandFailed
from app.gateway.trusted.manifest import ManifestInvalid
from app.gateway.trusted.shelf import MANIFESTS, Shelf
from app.gateway.trusted.versions import AppVersion, VersionMalformed


class AppVersionType(click.ParamType):
    """Three numbers, such as 1.2.0."""

    name = "X.Y.Z"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> AppVersion:
        try:
            return value if isinstance(value, AppVersion) else AppVersion.of(value)
        except VersionMalformed:
            self.fail("应为三个数，例如 1.2.0 · three numbers, such as 1.2.0", param, ctx)


CHANNEL = click.option("--channel", required=True, metavar="C", help="渠道 · mini-program, h5, app")
APP_VERSION = click.option(
    "--app-version",
    "version",
    required=True,
    type=AppVersionType(),
    help="客户端版本 · of the client",
)
IN_FOLDER = click.option(
    "--manifests",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=MANIFESTS,
    help="清单所在文件夹，默认 clients/manifests · where manifests lie",
)


def shelf_in(folder: Path) -> Shelf:
    """Raises `CommandFailed`."""
    try:
        return Shelf.kept_in(folder)
    except ManifestInvalid as fault:
        raise manifest_refused("清单无法读取", "A manifest cannot be read", fault) from fault


def manifest_refused(zh: str, en: str, fault: ManifestInvalid) -> CommandFailed:
    return CommandFailed(f"{zh}。", f"{en}: {fault}")
