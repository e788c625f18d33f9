"""Documents are parsed and validated once, within bounds."""

import pytest
from graphql import build_schema

from app.gateway.execution.documents import DocumentInvalid, Documents

SCHEMA = build_schema("type Query { a: Int b: Int }")


def test_the_same_text_is_the_same_document():
    documents = Documents(SCHEMA)
    assert documents.prepare("{ a }") is documents.prepare("{ a }")
    assert documents.prepare("{ a }") is not documents.prepare("{ b }")


def test_the_least_recently_used_goes_first():
    documents = Documents(SCHEMA, most_characters=15)
    first = documents.prepare("{ a }")
    second = documents.prepare("{ b }")
    assert documents.prepare("{ a }") is first
    documents.prepare("{ a b }")
    assert documents.prepare("{ a }") is first
    assert documents.prepare("{ b }") is not second


def test_a_text_over_the_bound_is_answered_but_not_kept():
    documents = Documents(SCHEMA, most_characters=6)
    small = documents.prepare("{ a }")
    assert documents.prepare("{ a b a b }") is not documents.prepare("{ a b a b }")
    assert documents.prepare("{ a }") is small


def test_an_invalid_document_is_refused_each_time_and_pushes_nothing_out():
    documents = Documents(SCHEMA, most_characters=12)
    kept = documents.prepare("{ a }")
    for _ in range(3):
        with pytest.raises(DocumentInvalid):
            documents.prepare("{ no }")
    assert documents.prepare("{ a }") is kept
