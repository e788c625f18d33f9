"""What is shipped to drivers needs no permission: staff's fields are in none of it."""

from graphql import parse

from app.gateway.execution.needs import needs_of
from app.gateway.trusted.shelf import MANIFESTS, Shelf
from app.schema.access import core_of
from app.schema.build import build_schema


def test_no_document_of_a_live_manifest_needs_a_permission():
    schema = core_of(build_schema())
    texts = Shelf.kept_in(MANIFESTS).by_text
    assert texts
    for text in texts:
        assert needs_of(schema, parse(text)) == {}, text


def test_one_of_staff_would_be_found():
    schema = core_of(build_schema())
    text = "query Pumps { now ...Acts } fragment Acts on Query { auditTrail { edges { cursor } } }"
    assert needs_of(schema, parse(text)).keys() == {"Pumps"}
