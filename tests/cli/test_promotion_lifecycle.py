"""The life of a promotion as operators lead it, on a real database."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.promotions import promotions
from app.documents.promotions import load_promotions

OFFER = """
promotions:
  - code: LESS-1
    title: {zh: 立减一元, en: One yuan off}
    lane: ACTIVITY
    validity: {starts_at: 2026-06-01, ends_at: 2036-06-30}
    conditions: [{kind: SCHEDULE, windows: [{start: 22:00, end: 06:00}]}]
    benefit: {kind: AMOUNT_OFF, off_fen: 100}
"""
NEVER = """
promotions:
  - code: NEVER
    title: {zh: 永远达不到}
    lane: ACTIVITY
    conditions: [{kind: THRESHOLD_AMOUNT, min_fen: 100000000}]
    benefit: {kind: AMOUNT_OFF, off_fen: 100}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "offer.yaml"
    path.write_text(OFFER, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YOUHUI_DATABASE_URL", database_url)
    monkeypatch.setenv("YOUHUI_REDIS_URL", "")
    monkeypatch.setenv("COLUMNS", "200")


def run(*arguments: str | Path, code: int = 0) -> Result:
    result = CliRunner().invoke(promotions, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result


def approved(file: Path, version: int) -> None:
    run("draft", file, "--submit", "--as", "李明")
    run("approve", f"LESS-1@{version}", "--as", "王芳")


def test_from_draft_to_end(file: Path) -> None:
    assert "草稿" in run("draft", file, "--as", "李明").stdout
    run("submit", "LESS-1", "--as", "李明", "--note", "春季活动")
    run("approve", "LESS-1@1", "--as", "王芳")
    assert "已批准" in run("list").stdout
    published = run("publish", "LESS-1", "--as", "赵强").stdout
    assert "catalog version 1" in published
    assert "已上线" in run("list", "--state", "LIVE").stdout
    assert "已暂停" in run("pause", "LESS-1", "--as", "赵强").stdout
    assert "已上线" in run("resume", "LESS-1", "--as", "赵强").stdout
    run("end", "LESS-1", "--as", "赵强")
    assert "LESS-1" not in run("list").stdout
    assert "已结束" in run("list", "--all").stdout
    told = run("history", "LESS-1").stdout
    for word in ("李明", "王芳", "赵强", "春季活动", "DRAFT", "APPROVE", "PUBLISH", "PAUSE", "END"):
        assert word in told


def test_a_version_is_sent_back_with_a_reason(file: Path) -> None:
    approved(file, 1)
    assert "--note" in run("send-back", "LESS-1@1", "--as", "王芳", code=2).stderr
    assert "草稿" in run("send-back", "LESS-1@1", "--as", "王芳", "--note", "时段太长").stdout
    assert "时段太长" in run("history", "LESS-1").stdout
    assert "未获批准" in run("publish", "LESS-1@1", "--as", "赵强", code=1).stderr


def test_what_is_not_approved_is_not_published(file: Path) -> None:
    assert "未获批准" in run("publish", file, "--as", "赵强", code=1).stderr
    run("draft", file, "--as", "李明")
    for what in (file, "LESS-1", "LESS-1@1"):
        refused = run("publish", what, "--as", "赵强", code=1).stderr
        assert "未获批准（LESS-1@1 DRAFT）" in refused
        assert "is not approved" in refused
    assert "LESS-1" not in run("list", "--state", "LIVE").stdout


def test_a_file_is_published_only_as_it_was_approved(file: Path) -> None:
    approved(file, 1)
    edited = file.with_name("edited.yaml")
    edited.write_text(OFFER.replace("off_fen: 100", "off_fen: 900"), encoding="utf-8")
    run("publish", edited, code=1)
    assert "catalog version 1" in run("publish", file).stdout
    assert "catalog version 不变 unchanged" in run("publish", file).stdout


def test_demo_needs_no_approval_and_the_history_says_so(file: Path) -> None:
    run("publish", file, "--demo", "--as", "演示")
    assert "PUBLISH_UNREVIEWED" in run("history", "LESS-1").stdout


def test_the_author_does_not_approve(file: Path) -> None:
    run("draft", file, "--submit", "--as", "Li Ming")
    refused = run("approve", "LESS-1@1", "--as", "li  ming", code=1).stderr
    assert "须由他人批准" in refused
    assert "someone else must approve it" in refused


def test_an_approval_names_what_was_read(file: Path) -> None:
    run("draft", file, "--submit", "--as", "李明")
    assert "LESS-1@N" in run("approve", "LESS-1", "--as", "王芳", code=2).stderr
    file.write_text(OFFER.replace("off_fen: 100", "off_fen: 999"), encoding="utf-8")
    run("draft", file, "--submit", "--as", "李明")
    assert "ENDED" in run("approve", "LESS-1@1", "--as", "王芳", code=1).stderr


def test_an_illegal_move_says_what_is_possible(file: Path) -> None:
    run("draft", file, "--as", "李明")
    refused = run("pause", "LESS-1", code=1).stderr
    assert "LESS-1@1 的状态是 DRAFT，不能 PAUSE；可以：END, SUBMIT" in refused
    assert "PAUSE is not allowed" in refused
    assert "没有 NOBODY" in run("history", "NOBODY", code=1).stderr
    assert "没有 LESS-1@9" in run("submit", "LESS-1@9", code=1).stderr
    run("submit", "LESS-1@x", code=2)


def test_what_can_never_take_effect_is_stopped_early(tmp_path: Path) -> None:
    file = tmp_path / "never.yaml"
    file.write_text(NEVER, encoding="utf-8")
    for command in (("validate",), ("draft",), ("publish", "--demo")):
        refused = run(*command, file, code=1).stderr
        assert "✗ NEVER  conditions[0].min_fen" in refused
        assert "no fill reaches it" in refused
    assert "NEVER" not in run("list", "--all").stdout


def test_codes_of_no_station_are_told_where_a_database_is_asked(file: Path) -> None:
    file.write_text(
        OFFER.replace("[{kind: SCHEDULE", "[{kind: BRAND, brands: [nobody]}, {kind: SCHEDULE"),
        encoding="utf-8",
    )
    assert "nobody" not in run("validate", file).stderr
    told = run("validate", "--database", file)
    assert "! LESS-1  conditions[0].brands" in told.stderr
    assert "1 hints" in told.stdout


def test_diff_tells_each_field(file: Path) -> None:
    approved(file, 1)
    run("publish", file)
    assert "没有差别" in run("diff", file).stdout
    file.write_text(
        OFFER.replace("off_fen: 100", "off_fen: 150").replace("06:00", "05:00"), encoding="utf-8"
    )
    for what in ((file,), ("LESS-1",), ("LESS-1@1", "LESS-1@2")):
        if what == ("LESS-1",):
            run("draft", file, "--as", "李明")
        told = run("diff", *what).stdout
        assert "benefit.off_fen" in told
        assert "150" in told
        assert "conditions[0].windows[0].end" in told
        assert "title" not in told
    run("diff", "A", "B", "C", code=2)


def test_export_reads_back_to_the_same(file: Path, tmp_path: Path) -> None:
    run("publish", file, "--demo")
    out = tmp_path / "out.yaml"
    run("export", "-o", out)
    assert load_promotions(out) == load_promotions(file)
    run("publish", out, "--demo")
    assert "LESS-1@2" not in run("list", "--all").stdout
    assert run("export", "LESS-1@1").stdout == out.read_text(encoding="utf-8")


def test_show_tells_the_state_and_reads_back(file: Path, tmp_path: Path) -> None:
    run("publish", file, "--demo", "--as", "演示")
    shown = run("show", "LESS-1").stdout
    assert shown.startswith("# LESS-1@1 LIVE ")
    assert "演示" in shown.splitlines()[0]
    (tmp_path / "shown.yaml").write_text(shown, encoding="utf-8")
    assert load_promotions(tmp_path / "shown.yaml") == load_promotions(file)


@pytest.mark.parametrize(
    "command",
    ["draft", "submit", "approve", "publish", "pause", "resume", "end", "history", "diff",
     "export", "validate", "list", "show"],
)  # fmt: skip
def test_each_command_explains_itself_in_both_languages(command: str) -> None:
    told = run(command, "--help").stdout
    assert any("\u4e00" <= character <= "\u9fff" for character in told)
    assert " · " in told
