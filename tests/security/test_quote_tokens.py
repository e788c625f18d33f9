"""Signed quotes: what was signed comes back whole, and nothing else is taken."""

import zlib
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.orders.ledger import Ledger, LedgerLine, Part
from app.domain.orders.terms import AppliedTerm, OrderTerms, RewardTerm, UsageTerm
from app.domain.pricing.fill import AmountFill, LitresFill
from app.domain.promotions.benefits.reward import RewardKind
from app.domain.promotions.limits import LimitPer, LimitPeriod
from app.domain.promotions.terms import Lane
from app.domain.shared.fuel import FuelGrade
from app.domain.shared.funder import Funder
from app.domain.shared.payment import PaymentMethod
from app.domain.shared.text import LocalizedText
from app.ports.quote_tokens import QuoteClaims, QuoteTokenInvalid
from app.security.access_tokens import AccessTokenInvalid, AccessTokens
from app.security.keys import SigningKeys
from app.security.quote_tokens import PURPOSE, SignedQuoteTokens
from app.security.signatures import Signer

NOW = datetime(2026, 5, 1, 8, 30, 0, 123_456, tzinfo=UTC)
TITLE = LocalizedText(zh="直降 50 元", en="50 off")
TERMS = OrderTerms(
    station_id=42,
    station_code="test:42",
    station_name="人民路加油站",
    time_zone="Asia/Shanghai",
    fuel_grade=FuelGrade.GASOLINE_92,
    nozzle_no="3",
    pump_price_mill_per_litre=7_890,
    volume_ml=38_022,
    pump_amount_fen=30_000,
    fee_fen=100,
    payable_fen=27_654,
    unit_price_mill=7_273,
    rule_version="17",
    payment_method=PaymentMethod.WECHAT_PAY,
    use_points=True,
    applied=(
        AppliedTerm(
            code="COUPON",
            title=TITLE,
            lane=Lane.COUPON,
            coupon_id=2**53 + 1,
            discount_fen=2_446,
            points=100,
        ),
    ),
    ledger=Ledger(
        lines=(
            LedgerLine(
                amount_fen=30_000,
                parts=(
                    Part(code="COUPON", coupon_id=2**53 + 1, funder=Funder.PLATFORM, fen=2_446),
                ),
            ),
        ),
        fee_fen=100,
    ),
    usage=(
        UsageTerm(
            code="COUPON",
            per=LimitPer.USER,
            period=LimitPeriod.DAY,
            start=date(2026, 5, 1),
            subject="7",
            fen=2_446,
            max_uses=1,
            max_fen=None,
            resets_at=datetime(2026, 5, 1, 16, tzinfo=UTC),
        ),
    ),
    rewards=(RewardTerm(code="积分", title=TITLE, kind=RewardKind.POINTS, points=276),),
)
CLAIMS = QuoteClaims(
    quote_id="q-1",
    user_id=7,
    fill=AmountFill(30_000),
    terms=TERMS,
    issued_at=NOW,
    expires_at=NOW + timedelta(minutes=5),
)

some_terms = st.builds(
    replace,
    st.just(TERMS),
    station_id=st.integers(1, 2**63 - 1),
    station_name=st.text(max_size=30),
    nozzle_no=st.none() | st.text(max_size=8),
    payment_method=st.none() | st.sampled_from(PaymentMethod),
    use_points=st.booleans(),
    applied=st.sampled_from([(), TERMS.applied, TERMS.applied * 8]),
    usage=st.sampled_from([(), TERMS.usage, TERMS.usage * 20]),
)
claims = st.builds(
    QuoteClaims,
    quote_id=st.text(max_size=30),
    user_id=st.none() | st.integers(1, 2**63 - 1),
    fill=st.builds(AmountFill, st.integers(1, 10**9))
    | st.builds(LitresFill, st.integers(1, 10**9)),
    terms=some_terms,
    issued_at=st.datetimes(timezones=st.just(UTC)),
    expires_at=st.datetimes(timezones=st.just(UTC)),
)


@pytest.fixture(scope="module")
def tokens(tmp_path_factory) -> SignedQuoteTokens:
    return SignedQuoteTokens(SigningKeys.kept_under(tmp_path_factory.mktemp("keys")))


@given(claims)
def test_every_claim_comes_back_as_it_was(tokens, claims):
    assert tokens.read(tokens.sign(claims)) == claims


def test_an_expired_quote_is_read_too(tokens):
    long_ago = NOW - timedelta(days=365)
    old = replace(CLAIMS, issued_at=long_ago, expires_at=long_ago)
    assert tokens.read(tokens.sign(old)).expires_at == long_ago


def test_a_change_of_any_byte_is_refused(tokens):
    """Each character, replaced by each of several others: among them the neighbour that only
    touches the unused bits at the end of a part."""
    token = tokens.sign(CLAIMS)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for index, character in enumerate(token):
        place = alphabet.find(character)
        for other in {".", "=", "A", alphabet[place ^ 1], alphabet[(place + 16) % 64]} - {
            character
        }:
            with pytest.raises(QuoteTokenInvalid):
                tokens.read(token[:index] + other + token[index + 1 :])


def test_every_part_cut_off_is_refused(tokens):
    token = tokens.sign(CLAIMS)
    for length in range(len(token)):
        with pytest.raises(QuoteTokenInvalid):
            tokens.read(token[:length])
    for tail in ("=", ".", "A", " ", "\n"):
        with pytest.raises(QuoteTokenInvalid):
            tokens.read(token + tail)


def test_an_access_token_is_never_a_quote_nor_the_reverse(tokens):
    access = AccessTokens(tokens.keys)
    with pytest.raises(QuoteTokenInvalid):
        tokens.read(access.issue(7, NOW))
    with pytest.raises(AccessTokenInvalid):
        access.read(tokens.sign(CLAIMS), NOW)


def test_parts_of_two_quotes_do_not_mix(tokens):
    first = tokens.sign(CLAIMS).split(".")
    other = tokens.sign(tokens.read(tokens.sign(CLAIMS))).split(".")
    cheaper = Signer(tokens.keys, "something-else").sign(b"[1]").split(".")
    assert tokens.read(".".join([first[0], first[1], other[2]])) == CLAIMS
    for mixed in ([first[0], cheaper[1], first[2]], [cheaper[0], first[1], first[2]]):
        with pytest.raises(QuoteTokenInvalid):
            tokens.read(".".join(mixed))


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    "payload", [b"null", b"[]", b"[0]", b"[1]", b"{}", b"7", b"[1,2,3]", b"\xff", b'"x"']
)
def test_a_payload_of_another_shape_is_refused(tokens, payload, packed):
    sent = zlib.compress(payload) if packed else payload
    with pytest.raises(QuoteTokenInvalid):
        tokens.read(Signer(tokens.keys, PURPOSE).sign(sent))


def _items(token: str) -> list[Any]:
    payload = token.split(".")[1]
    packed = urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    return orjson.loads(zlib.decompress(packed))


def test_a_payload_of_another_format_or_length_is_refused(tokens):
    items = _items(tokens.sign(CLAIMS))
    for changed in ([1, *items[1:]], [*items, 0], items[:-1], [2, "extra", *items[1:]]):
        with pytest.raises(QuoteTokenInvalid):
            tokens.read(Signer(tokens.keys, PURPOSE).sign(zlib.compress(orjson.dumps(changed))))


def test_a_token_names_the_member_by_number_alone(tokens):
    assert _items(tokens.sign(CLAIMS))[2] == CLAIMS.user_id


def test_a_full_token_stays_small(tokens):
    """Eight members with four limits each: below 4 KiB."""
    full = replace(TERMS, applied=TERMS.applied * 8, usage=TERMS.usage * 32)
    assert len(tokens.sign(replace(CLAIMS, terms=full))) < 4_096
