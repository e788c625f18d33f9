"""Content negotiation: media types and languages by weight."""

import pytest

from app.domain.shared.text import Language
from app.gateway.negotiation import GRAPHQL_RESPONSE, JSON, choose_language, choose_media_type


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, JSON),
        ("", JSON),
        ("  ", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("application/json; charset=utf-8", JSON),
        ("APPLICATION/JSON", JSON),
        (GRAPHQL_RESPONSE, GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}, application/json", GRAPHQL_RESPONSE),
        (f"application/json, {GRAPHQL_RESPONSE}", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0.5, application/json", JSON),
        (f"{GRAPHQL_RESPONSE}; charset=utf-8; q=0.9, application/json;q=0.8", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE}, */*;q=0.1", GRAPHQL_RESPONSE),
        (f"{GRAPHQL_RESPONSE};q=0, */*", JSON),
        ("application/json;q=0, */*", GRAPHQL_RESPONSE),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
        ("application/json;q=0.2, text/event-stream", JSON),
        ("text/event-stream", None),
        ("text/html", None),
        ("*/*;q=0", None),
        ("application/json;q=x", None),
        ("application/json;q=7", None),
        ("application/jsonx", None),
    ],
)
def test_the_media_type_a_client_likes_best(accept, chosen):
    assert choose_media_type(accept) == chosen


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, Language.ZH),
        ("", Language.ZH),
        ("*", Language.ZH),
        ("fr-FR", Language.ZH),
        ("zh-CN", Language.ZH),
        ("zh-Hant-TW,en;q=0.5", Language.ZH),
        ("en", Language.EN),
        ("en-GB,zh;q=0.9", Language.EN),
        ("zh;q=0.3, EN-us;q=0.4", Language.EN),
        ("zh-CN,zh;q=0.9,en;q=0.8", Language.ZH),
        ("en;q=0", Language.ZH),
        ("en;q=0.5, zh;q=0.5", Language.EN),
        (",,;q=1,en", Language.EN),
    ],
)
def test_the_language_a_client_likes_best(header, language):
    assert choose_language(header) is language
