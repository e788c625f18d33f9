"""`youhui evaluate`: prices the cases of a file and tells why, as data or for reading."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.case_answers import Answered, answered, as_plain
from app.cli.case_report import print_case
from app.cli.errors import CommandFailed, ExitCode
from app.cli.findings import tell_finding
from app.documents.cases import Case, load_cases
from app.documents.findings import DocumentInvalid
from app.domain.shared.text import Language
from app.schema.texts.amounts import money

EXIT_CODES = """\b
退出码 exit codes:
  0  算出价格，预期（如有）一致   priced, and as expected
  1  文件有误，或与预期不符       the file is wrong, or an expectation is not met
  2  用法有误                     wrong usage
"""
LANGUAGES = {"zh": Language.ZH, "en": Language.EN}


@dataclass(frozen=True, slots=True)
class _Shown:
    """How the answers are told."""

    as_json: bool
    language: Language


@click.command(epilog=EXIT_CODES)
@click.argument(
    "file",
    metavar="CASE.yaml",
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
)
@click.option(
    "--case", "named", metavar="NAME", help="只算名字含 NAME 的用例 · only cases so named"
)
@click.option("--json", "as_json", is_flag=True, help="每个用例一行 JSON · a line of JSON a case")
@click.option(
    "--language",
    type=click.Choice(list(LANGUAGES)),
    default="zh",
    show_default=True,
    help="说明文字的语言 · the language of the texts",
)
def evaluate(file: Path, named: str | None, as_json: bool, language: str) -> None:
    """为用例定价并说明原因，不连数据库 · price a case and tell why, without a database.

    CASE.yaml 写明油站、油价、加油量、客人、券和优惠活动（格式见 docs/case-suite.md，例子见
    docs/examples/evaluate-12-candidates.yaml）。逐项列出从机显金额到应付的每一笔、未用的优惠及
    原因、再加多少可省多少。写了 expect 的用例会逐项核对，不符时退出码为 1。

    CASE.yaml names the station, prices, fill, shopper, coupons and promotions (the format:
    docs/case-suite.md; an example: docs/examples/evaluate-12-candidates.yaml). Shows each line from
    the pump amount to the payable, what is not applied and why, and what a little more would save.
    A case with `expect` is held against it: exit code 1 where it is not met.
    """
    cases = _chosen(_loaded(file), named)
    answers = [_answered(case, file) for case in cases]
    _show(answers, _Shown(as_json, LANGUAGES[language]))
    if any(answer.differences for answer in answers):
        sys.exit(ExitCode.FAILED)


def _loaded(file: Path) -> Sequence[Case]:
    try:
        return load_cases(file)
    except DocumentInvalid as error:
        raise _refused(file, error) from error


def _answered(case: Case, file: Path) -> Answered:
    try:
        return answered(case)
    except DocumentInvalid as error:
        raise _refused(file, error) from error
    except ValueError as error:
        raise CommandFailed(
            f"{case.name}：用例的值不对：{error}", f"{case.name}: a value is wrong: {error}"
        ) from error


def _refused(file: Path, error: DocumentInvalid) -> CommandFailed:
    for finding in error.findings:
        tell_finding(file, finding)
    count = len(error.findings)
    return CommandFailed(f"用例文件 {count} 处有误。", f"{count} findings in the file of cases.")


def _chosen(cases: Sequence[Case], named: str | None) -> Sequence[Case]:
    """Those whose name holds `named`; one whose name it is stands alone."""
    if named is None:
        return cases
    exact = [case for case in cases if named in (case.name, case.name.partition(": ")[2])]
    found = exact or [case for case in cases if named in case.name]
    if not found:
        listed = "".join(f"\n  {case.name}" for case in cases)
        raise click.BadParameter(f"没有这样的用例，有 · no such case; there are:{listed}")
    return found


def _show(answers: Sequence[Answered], shown: _Shown) -> None:
    if shown.as_json:
        for answer in answers:
            click.echo(json.dumps(as_plain(answer, shown.language), ensure_ascii=False))
    elif len(answers) == 1:
        print_case(Console(), answers[0], shown.language)
    else:
        _print_summary(Console(), answers, shown.language)


def _print_summary(console: Console, answers: Sequence[Answered], language: Language) -> None:
    zh = language is Language.ZH
    table = Table(header_style="bold", box=None, padding=(0, 2, 0, 0))
    table.add_column("用例" if zh else "case")
    table.add_column("应付" if zh else "payable", justify="right", no_wrap=True)
    table.add_column("预期" if zh else "expected")
    for answer in answers:
        price = answer.price
        payable = Text(money(price.payable_fen) if price else ("无解" if zh else "refused"))
        table.add_row(Text(answer.case.name), payable, _met(answer, zh))
    console.print(table)
    wrong = sum(bool(answer.differences) for answer in answers)
    console.print(
        f"[bold]{len(answers)}[/] 个用例，{wrong} 个与预期不符；看其一：--case 名字"
        if zh
        else f"[bold]{len(answers)}[/] cases, {wrong} not as expected; --case NAME shows one in full"
    )


def _met(answer: Answered, zh: bool) -> Text:
    if answer.differences:
        names = ", ".join(difference.name for difference in answer.differences)
        return Text(f"✗ {names}", "red")
    if not answer.case.expect:
        return Text("未写" if zh else "none written", "dim")
    return Text("✓", "green")
