"""Phones, one-time passwords, and who may be one person."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.identity import otp
from app.domain.identity.identity import (
    Account,
    IdentityProvider,
    ProvenIdentity,
    elder_first,
    may_be_one_person,
)
from app.domain.identity.phone import read_phone

NOON = datetime(2026, 4, 22, 12, tzinfo=UTC)
MINI, WEB = IdentityProvider


@pytest.mark.parametrize(
    "typed",
    [
        "13812340001",
        "138 1234 0001",
        "138-1234-0001",
        "+8613812340001",
        "+86 138 1234 0001",
        "008613812340001",
        "8613812340001",
        "１３８１２３４０００１",
        " 13812340001 ",
    ],
)
def test_every_spelling_is_one_phone(typed: str):
    phone = read_phone(typed)
    assert phone is not None
    assert phone.e164 == "+8613812340001"
    assert phone.national == "13812340001"
    assert phone.masked == "138****0001"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1381234000",
        "138123400011",
        "12812340001",
        "02112345678",
        "+85291234567",
        "+8586138123400",
        "1381234000a",
        "१३८१२३४०००१"[:-1],
        "1" * 33,
    ],
)
def test_what_is_no_mobile_number_of_the_mainland(typed: str):
    assert read_phone(typed) is None


@given(st.text(max_size=40))
def test_whatever_is_read_is_in_one_form(typed: str):
    phone = read_phone(typed)
    assert phone is None or read_phone(phone.e164) == phone


@given(st.integers(0, 10**otp.DIGITS - 1))
def test_every_code_that_is_drawn_can_be_typed(free: int):
    code = otp.code_of(free)
    assert otp.read_code(code) == code
    assert otp.read_code(f" {code[:3]} {code[3:]} ") == code


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "1" * 100, "-12345"])
def test_what_cannot_be_a_code(typed: str):
    assert otp.read_code(typed) is None


def sent(**others: object) -> otp.SentCode:
    values: dict[str, object] = {"code_hash": b"right", "made_at": NOON}
    return otp.SentCode(**(values | others))


@pytest.mark.parametrize(
    ("code", "typed", "after_s", "holds"),
    [
        (sent(), b"right", 0, True),
        (sent(), b"right", 299, True),
        (sent(), b"right", 300, False),
        (sent(), b"right", -1, False),
        (sent(), b"wrong", 0, False),
        (sent(used=True), b"right", 0, False),
        (sent(misses=4), b"right", 0, True),
        (sent(misses=5), b"right", 0, False),
        (None, b"right", 0, False),
    ],
)
def test_when_a_code_holds(code: otp.SentCode | None, typed: bytes, after_s: int, holds: bool):
    assert otp.holds(code, (typed, b"other key"), NOON + timedelta(seconds=after_s)) is holds


@pytest.mark.parametrize(
    ("after_s", "wait_s"), [(0, 60), (0.5, 60), (59, 1), (59.5, 1), (60, 0), (3_600, 0)]
)
def test_how_long_until_the_next_code(after_s: float, wait_s: int):
    assert otp.resend_wait_s(NOON, NOON + timedelta(seconds=after_s)) == wait_s
    assert otp.resend_wait_s(None, NOON) == 0


def account(user_id: int, *identities: ProvenIdentity, days: int = 0) -> Account:
    joined_at = NOON + timedelta(days=days)
    return Account(user_id=user_id, joined_at=joined_at, identities=identities)


def known(provider: IdentityProvider, subject: str, union_id: str | None = None) -> ProvenIdentity:
    return ProvenIdentity(provider=provider, app_id="a", subject=subject, union_id=union_id)


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        ((), (), True),
        ((known(MINI, "1"),), (), True),
        ((known(MINI, "1"),), (known(WEB, "2"),), True),
        ((known(MINI, "1"),), (known(MINI, "2"),), False),
        ((known(MINI, "1", "u"),), (known(WEB, "2", "v"),), False),
        ((known(MINI, "1", "u"),), (known(WEB, "2", "u"),), True),
        ((known(MINI, "1"), known(MINI, "2")), (known(MINI, "2"),), True),
    ],
)
def test_who_may_be_one_person(one, other, may: bool):
    assert may_be_one_person(account(1, *one), account(2, *other)) is may
    assert may_be_one_person(account(2, *other), account(1, *one)) is may


def test_the_elder_stays_and_of_twins_the_lower_number():
    old, new, twin = account(9), account(3, days=1), account(10)
    assert elder_first(new, old) == elder_first(old, new) == (old, new)
    assert elder_first(twin, old) == (old, twin)
