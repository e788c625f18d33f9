"""Rules of referral as a document: read, refused with what is wrong, kept."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.documents.findings import DocumentInvalid
from app.documents.referral import (
    dump_rules,
    dump_terms,
    load_rules,
    load_rules_file,
    load_terms,
    rules_in,
)
from app.documents.yaml_text import parse_text
from app.domain.referral.rules import DEFAULT_REFERRAL_RULES, ReferralReward

EXAMPLE = Path(__file__).parents[2] / "seed" / "referral.yaml"


def test_the_example_reads():
    rules = load_rules_file(EXAMPLE)
    assert rules.terms.friend == ReferralReward(batch_code="full-200-8")
    assert rules.terms.referrer == ReferralReward(credit_fen=1_000)
    assert (rules.terms.cooling, rules.bind_within) == (timedelta(days=7), timedelta(days=7))


@pytest.mark.parametrize("cap", [None, 3])
def test_what_is_kept_reads_back(cap: int | None):
    rules = replace(DEFAULT_REFERRAL_RULES, cap=cap)
    assert load_rules(dump_rules(rules)) == rules
    assert load_terms(dump_terms(rules.terms)) == rules.terms


@pytest.mark.parametrize(
    ("was", "becomes", "path", "said"),
    [
        ("cap: 50", "cap: many", "cap", "integer"),
        ("cap: 50", "caps: 50", "caps", "no such field"),
        ("least_paid_fen: 5000", "least_paid: 5000", "terms.least_paid_fen", "missing"),
        ("credit_fen: 1000", "credit_fen: 0", "terms.referrer", "above 0"),
        ("cooling: P7D", "cooling: soon", "terms.cooling", ""),
        ("landing_url: https", "landing_url: ftp", "", "https"),
    ],
)
def test_what_is_wrong_is_told(was: str, becomes: str, path: str, said: str):
    text = EXAMPLE.read_text("utf-8")
    assert was in text
    with pytest.raises(DocumentInvalid) as told:
        rules_in(parse_text(text.replace(was, becomes)))
    found = [finding for finding in told.value.findings if finding.path == path]
    assert found, told.value
    assert said in found[0].en


def test_a_list_is_no_rules():
    with pytest.raises(DocumentInvalid):
        rules_in(parse_text("- 1"))
