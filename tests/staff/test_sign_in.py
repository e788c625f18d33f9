"""`POST /staff/sign-in` over PostgreSQL: a password and a code together, taken once, and locks."""

from datetime import timedelta

import pytest

from app.domain.identity.principal import PrincipalKind
from app.domain.identity.roles import Role
from app.domain.identity.staff import LOCKED_FOR, MISSES
from app.resolvers.staff_access import disable_staff, reset_staff
from app.security.totp import code_at
from tests.staff.conftest import Office

AUDIT = "SELECT act, actor_kind, actor FROM audit_event WHERE act LIKE 'staff.%' ORDER BY id"


def test_both_factors_give_a_token_that_names_the_person(office: Office):
    shown = office.appoint("陈静", Role.AUDITOR)
    answer = office.enter("陈静", shown)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body["name"], body["roles"]) == ("陈静", ["AUDITOR"])
    principal = office.outside.access_tokens.read(body["accessToken"], office.moment)
    assert principal.kind is PrincipalKind.STAFF
    assert (principal.roles, principal.session_id) == ({Role.AUDITOR}, 1)
    assert office.rows(AUDIT) == [
        ("staff.add", "OPERATOR", "root"),
        ("staff.sign_in", "STAFF", "陈静"),
    ]


def test_names_are_folded(office: Office):
    shown = office.appoint("Wei Chen", Role.SUPPORT)
    assert office.enter("  wei   CHEN ", shown).status_code == 200


def test_every_refusal_reads_the_same(office: Office):
    shown = office.appoint("陈静", Role.AUDITOR)
    code = code_at(shown.totp_seed, office.moment)
    wrong = code_at(shown.totp_seed, office.moment - timedelta(minutes=5))
    answers = [
        office.sign_in("nobody", shown.password, code),
        office.sign_in("陈静", "not the password", code),
        office.sign_in("陈静", shown.password, wrong),
        office.sign_in("陈静", shown.password, "aaaa-bbbb-cccc"),
        office.sign_in("陈静", "x" * 300, code),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].json()["errors"][0]["extensions"]["code"] == "CREDENTIAL_INVALID"


def test_a_code_is_taken_once_and_one_step_off_is_taken(office: Office):
    shown = office.appoint("陈静", Role.AUDITOR)
    early = code_at(shown.totp_seed, office.moment - timedelta(seconds=30))
    assert office.sign_in("陈静", shown.password, early).status_code == 200
    assert office.sign_in("陈静", shown.password, early).status_code == 401
    assert office.enter("陈静", shown).status_code == 200
    assert office.enter("陈静", shown).status_code == 401


def test_a_recovery_code_is_taken_once_however_it_is_typed(office: Office):
    shown = office.appoint("陈静", Role.AUDITOR)
    first, second = shown.recovery_codes[:2]
    assert (
        office.sign_in("陈静", shown.password, first.replace("-", " ").upper()).status_code == 200
    )
    assert office.sign_in("陈静", shown.password, first).status_code == 401
    assert office.sign_in("陈静", shown.password, second).status_code == 200


def test_five_misses_lock_even_for_the_right_proof_and_time_unlocks(office: Office):
    shown = office.appoint("陈静", Role.AUDITOR)
    for _ in range(MISSES):
        assert office.sign_in("陈静", "not the password", "000000").status_code == 401
    assert office.enter("陈静", shown).status_code == 401
    assert office.rows("SELECT misses, locked_until IS NOT NULL FROM staff") == [(0, True)]
    office.moment += LOCKED_FOR
    assert office.enter("陈静", shown).status_code == 200


def test_a_reset_unlocks_and_ends_the_old_secrets(office: Office):
    shown = office.appoint("管理员", Role.ADMINISTRATOR)
    office.appoint("陈静", Role.AUDITOR, by="管理员")
    for _ in range(MISSES):
        office.sign_in("陈静", "not the password", "000000")
    new = office.act(lambda o, desk: reset_staff(desk, o.staff_desk, "陈静"), "管理员")
    assert office.enter("陈静", shown).status_code == 401
    answer = office.enter("陈静", new)
    assert answer.status_code == 200
    principal = office.outside.access_tokens.read(answer.json()["accessToken"], office.moment)
    assert principal.session_id == 2
    assert office.rows("SELECT count(*) FROM staff_recovery_code") == [(20,)]


def test_who_is_disabled_does_not_sign_in(office: Office):
    office.appoint("管理员", Role.ADMINISTRATOR)
    shown = office.appoint("陈静", Role.AUDITOR, by="管理员")
    office.act(lambda o, desk: disable_staff(desk, o.staff_desk, "陈静"), "管理员")
    assert office.enter("陈静", shown).status_code == 401


def test_nothing_of_the_secrets_is_kept_in_clear(office: Office):
    shown = office.appoint("陈静", Role.AUDITOR)
    office.enter("陈静", shown)
    kept = str(
        office.rows("SELECT staff::text FROM staff")
        + office.rows("SELECT code::text FROM staff_recovery_code AS code")
        + office.rows("SELECT event::text FROM audit_event AS event")
    )
    for secret in (shown.password, shown.totp_seed, *shown.recovery_codes):
        assert secret not in kept
        assert secret.encode().hex() not in kept
    assert office.rows("SELECT left(password_hash, 9) FROM staff") == [("$argon2id",)]


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"{}", "application/json", 400),
        (b"[]", "application/json", 422),
        (b'{"name": 1, "password": "x", "code": "y"}', "application/json", 400),
        (b"{" * 4_000, "application/json", 400),
        (b" " * 5_000, "application/json", 413),
        (b"name=a&password=b&code=c", "application/x-www-form-urlencoded", 415),
    ],
)
def test_bodies_that_are_no_proof(office: Office, content: bytes, media_type: str, status: int):
    headers = {"Content-Type": media_type}
    answer = office.http.post("/staff/sign-in", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"]
