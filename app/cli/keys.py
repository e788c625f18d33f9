"""`youhui keys`: the keys that sign access tokens and quotes, rotated under running processes."""

from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from app.cli.errors import CommandFailed, ExitCode
from app.outside import signing_keys
from app.security.followed_keys import KeyChangeRefused, read_keys, retire, rotate
from app.security.keys import KEY_FILE, SigningKeyInvalid, SigningKeys
from app.settings import Settings


@click.group()
def keys() -> None:
    """签名密钥：查看、轮换、退役 · the keys that sign tokens and quotes.

    密钥保存在数据目录；运行中的进程会自动采用，无需重启。
    They are kept in the data folder; running processes take them up without a restart.
    """


@keys.command("list")
def list_keys() -> None:
    """列出密钥，不显示私钥 · list them; no private half is shown."""
    settings = Settings()
    try:
        given = settings.signing_key is not None
        kept = signing_keys(settings).now() if given else read_keys(settings.data_dir)
    except SigningKeyInvalid as invalid:
        raise _invalid(invalid) from invalid
    _show(kept)


@keys.command("rotate")
def rotate_keys() -> None:
    """新密钥开始签名，旧的继续验证 · a new key signs, those before go on verifying."""
    _show(_changed(rotate))


@keys.command("retire")
@click.argument("key_id", metavar="ID")
def retire_key(key_id: str) -> None:
    """旧密钥不再验证 · a key verifies no more.

    此前用它签发的令牌和报价全部失效；轮换后未再刷新的登录须重新登录。兑换码不受影响。
    What it signed is refused; whoever has not refreshed since the rotation signs in again.
    Coupon codes are still found.
    """
    _show(_changed(lambda folder: retire(folder, key_id)))


def _changed(change: Callable[[Path], SigningKeys]) -> SigningKeys:
    settings = Settings()
    if settings.signing_key is not None:
        raise CommandFailed(
            "密钥由 YOUHUI_SIGNING_KEY 提供：在其中增删 PEM，第一个用于签名，然后重启进程。",
            "YOUHUI_SIGNING_KEY gives the keys: change its PEMs, of which the first signs, "
            "and restart.",
            ExitCode.USAGE,
        )
    try:
        return change(settings.data_dir)
    except KeyChangeRefused as refusal:
        raise CommandFailed(
            f"{refusal.zh}。什么都没有改。", f"{refusal}. Nothing was changed."
        ) from refusal
    except SigningKeyInvalid as invalid:
        raise _invalid(invalid) from invalid


def _invalid(invalid: SigningKeyInvalid) -> CommandFailed:
    return CommandFailed(
        f"签名密钥无法使用：{invalid}", f"The keys of {KEY_FILE} cannot be used.", ExitCode.USAGE
    )


def _show(kept: SigningKeys) -> None:
    table = Table("密钥 key", "用途 use")
    for name in kept.by_id:
        signs = name == kept.current_id
        table.add_row(name, "签名并验证 signs and verifies" if signs else "验证 verifies")
    for name in kept.retired:
        table.add_row(name, "已退役 retired", style="dim")
    Console().print(table)
