"""`youhui referral`, on a real database."""

from pathlib import Path

import pytest
import yaml

from app.cli.referral import referral
from app.domain.referral.rules import DEFAULT_REFERRAL_RULES
from tests.cli.shop_floor import Shopping, run
from tests.support.purchases import Shop

pytestmark = pytest.mark.usefixtures("command_settings")


def shown() -> dict[str, object]:
    return yaml.safe_load(run(referral, "show").stdout)


def written(path: Path, referrer: dict[str, object]) -> Path:
    """The rules in force, with another reward for the referrer and a lower cap."""
    rules = shown()
    terms = rules["terms"]
    assert isinstance(terms, dict)
    changed = rules | {"cap": 3, "terms": terms | {"referrer": referrer}}
    path.write_text(yaml.safe_dump(changed, allow_unicode=True), "utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "rules.yaml", {"batch_code": None, "credit_fen": 700})


def test_what_is_shown_can_be_changed_and_published(shopping: Shopping, file: Path):
    assert shown()["cap"] == DEFAULT_REFERRAL_RULES.cap
    assert "已发布" in run(referral, "publish", file, "--as", "李运营").stdout
    assert shown() == yaml.safe_load(file.read_text("utf-8"))

    async def acts(shop: Shop) -> list[tuple[object, ...]]:
        told = "SELECT actor, after->>'cap' FROM audit_event WHERE act = 'referral.publish'"
        return await shop.rows(told)

    assert shopping(acts) == [("李运营", "3")]


def test_a_dry_run_publishes_nothing(file: Path):
    assert "可以发布" in run(referral, "publish", file, "--dry-run").stdout
    assert shown()["cap"] == DEFAULT_REFERRAL_RULES.cap


def test_a_wrong_file_is_told_with_the_place_and_publishes_nothing(file: Path):
    file.write_text(file.read_text("utf-8").replace("cap: 3", "cap: -3"), "utf-8")
    result = run(referral, "publish", file, code=1)
    assert "没有发布" in result.output
    assert "cap" in result.output
    assert shown()["cap"] == DEFAULT_REFERRAL_RULES.cap


def test_a_coupon_of_no_live_batch_is_refused(file: Path):
    written(file, {"batch_code": "gone"})
    for dry in ((), ("--dry-run",)):
        result = run(referral, "publish", file, *dry, code=1)
        assert "gone" in result.output
    assert shown()["cap"] == DEFAULT_REFERRAL_RULES.cap
