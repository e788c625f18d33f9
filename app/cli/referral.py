"""`youhui referral`: the rules of referral, shown, checked and published."""

from pathlib import Path

import click
import yaml

from app.cli.errors import CommandFailed
from app.cli.findings import tell_finding
from app.cli.operating import OpenDesk, operating
from app.cli.promotion_store import BY
from app.documents.findings import DocumentInvalid
from app.documents.referral import dump_rules, load_rules_file
from app.domain.referral.rules import ReferralRules
from app.outside import Outside
from app.resolvers.referral_rules import publish_rules, rules_in_force, unknown_batches

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def referral() -> None:
    """邀请规则：查看、检查、发布 · the rules of referral."""


@referral.command()
@BY
def show(by: str) -> None:
    """现行规则，可改后发布 · the rules in force, as a file that can be published."""

    async def read(_: Outside, open_desk: OpenDesk) -> ReferralRules:
        return await rules_in_force(open_desk())

    document = dump_rules(operating(by, read))
    click.echo(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), nl=False)


@referral.command()
@FILE
@click.option("--dry-run", is_flag=True, help="只检查 · check the file, publish nothing")
@BY
def publish(file: Path, dry_run: bool, by: str) -> None:
    """发布规则：立即对之后绑定的好友生效 · publish rules, for friends bound from now on.

    已绑定的好友按绑定时的规则奖励。

    Friends that are bound already are rewarded by the rules they were bound under.
    """
    try:
        rules = load_rules_file(file)
    except DocumentInvalid as error:
        for finding in error.findings:
            tell_finding(file, finding)
        raise CommandFailed(
            "文件有误，没有发布。", "The file is wrong: nothing published."
        ) from error

    async def published(_: Outside, open_desk: OpenDesk) -> tuple[str, ...]:
        desk = open_desk()
        unknown = unknown_batches(desk, rules)
        if not unknown and not dry_run:
            await publish_rules(desk, rules)
        return unknown

    unknown = operating(by, published)
    if unknown:
        raise CommandFailed(
            f"没有这些线上券批次：{'、'.join(unknown)}。没有发布。",
            f"No live coupon batches: {', '.join(unknown)}. Nothing published.",
        )
    click.echo("可以发布 · can be published" if dry_run else "已发布 · published")
