"""Manifests: written the same each time, read with suspicion, built from operations, imported from
the files of clients' own tools."""

import hashlib
import json
from pathlib import Path

import pytest
from graphql import build_schema

from app.gateway.trusted.building import OPERATIONS, built_documents, channels_of
from app.gateway.trusted.checking import check_contract
from app.gateway.trusted.importing import ForeignFormat, imported
from app.gateway.trusted.manifest import Manifest, ManifestInvalid, sha256_of
from app.gateway.trusted.shelf import Shelf, file_of, write_retired
from app.gateway.trusted.versions import AppVersion, Client
from tests.gateway.manifests import manifest, trusted

ROOT = Path(__file__).parents[2]
FOREIGN = Path(__file__).parent / "foreign"
SCHEMA = build_schema("type Query { a: A } type A { b: Int c: A }")
ONE, TWO = trusted("query One { a { b } }", "One"), trusted("query Two { a { b } }", "Two", "0f")


def test_a_manifest_reads_as_it_was_written():
    whole = manifest("mini-program", "1.2.3", TWO, ONE)
    assert Manifest.read(whole.written()) == whole
    assert manifest("mini-program", "1.2.3", ONE, TWO).written() == whole.written()
    assert json.loads(whole.written())["documents"][ONE.sha256] == {
        "name": "One",
        "text": "query One { a { b } }",
    }


def changed(**how: object) -> bytes:
    return json.dumps(json.loads(manifest("app", "1.0.0", ONE).written()) | how).encode()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "not JSON"),
        (b"[]", "not {"),
        (b"{}", "not {"),
        (changed(format="other/1"), "format"),
        (changed(version="1.0"), "three numbers"),
        (changed(channel="../app"), "channel"),
        (changed(documents=[]), "not {"),
        (changed(documents={ONE.sha256: {"name": "One"}}), "not {"),
        (changed(documents={ONE.sha256: {"name": "One", "text": 7}}), "strings"),
        (changed(documents={ONE.sha256: {"name": "One", "text": "{ a }"}}), "not the SHA-256"),
        (changed(documents={"0" * 64: {"name": "One", "text": ONE.text}}), "not the SHA-256"),
    ],
)
def test_a_file_that_is_no_manifest(content, why):
    with pytest.raises(ManifestInvalid, match=why):
        Manifest.read(content)


def test_two_operations_of_one_name():
    with pytest.raises(ManifestInvalid, match="two operations One"):
        manifest("app", "1.0.0", ONE, trusted("query One { a { c { b } } }", "One"))


def put(folder: Path, whole: Manifest) -> Path:
    file = file_of(folder, whole.channel, whole.version)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(whole.written())
    return file


def test_a_shelf_knows_all_that_is_live_and_what_is_retired(tmp_path):
    put(tmp_path, manifest("app", "1.10.0", ONE))
    put(tmp_path, manifest("app", "1.9.0", TWO))
    write_retired(tmp_path, {"app": frozenset({AppVersion(1, 9, 5)})})
    shelf = Shelf.kept_in(tmp_path)
    assert list(map(str, shelf.live("app"))) == ["1.9.0", "1.10.0"]
    assert shelf.by_id[ONE.sha256] == ONE
    assert shelf.by_id["0f"] == TWO
    assert shelf.upgrade_of(Client("app", AppVersion(1, 9, 5))) == AppVersion(1, 10, 0)
    assert shelf.knows(Client("app", AppVersion(1, 9, 0)))
    assert not shelf.knows(Client("app", None))
    assert Shelf.kept_in(tmp_path / "nowhere") == Shelf()


def test_a_retired_version_newer_than_all_is_sent_to_the_newest():
    gone = {"app": frozenset({AppVersion(2, 0, 0)})}
    shelf = Shelf.of([manifest("app", "1.0.0", ONE), manifest("app", "1.1.0", ONE)], gone)
    assert shelf.upgrade_of(Client("app", AppVersion(2, 0, 0))) == AppVersion(1, 1, 0)


def test_a_shelf_names_the_file_that_is_wrong(tmp_path):
    file = put(tmp_path, manifest("app", "1.0.0", ONE))
    file.rename(file.with_name("1.0.1.json"))
    with pytest.raises(ManifestInvalid, match=r"app/1\.0\.1\.json: it is of app 1\.0\.0"):
        Shelf.kept_in(tmp_path)
    (tmp_path / "app" / "1.0.1.json").unlink()
    (tmp_path / "retired.json").write_text('{"app": ["x"]}')
    with pytest.raises(ManifestInvalid, match=r"retired\.json"):
        Shelf.kept_in(tmp_path)


def test_one_id_for_two_texts_is_refused():
    other = trusted("query Other { a { b } }", "Other", TWO.alias)
    with pytest.raises(ManifestInvalid, match="two texts"):
        Shelf.of([manifest("app", "1.0.0", TWO), manifest("h5", "1.0.0", other)])


def test_one_text_under_two_ids_is_one_document():
    """One version of a client asks by a hash of its tool's, the next by ours."""
    mine = trusted(TWO.text, "Two")
    shelf = Shelf.of([manifest("app", "1.0.0", mine), manifest("app", "1.1.0", TWO)])
    assert shelf.by_id[TWO.sha256].text == shelf.by_id["0f"].text == TWO.text


def operations(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        file = folder / name.replace("__", "+").replace("_in_", "/").replace("_", "-")
        file = file.with_name(file.name + ".graphql")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return folder


def test_documents_are_built_of_shared_operations_and_a_channels_own(tmp_path):
    folder = operations(
        tmp_path,
        shared_in_one="# 注释\nquery One { a { ...Outer } }\nfragment Unused on A { b }",
        shared_in_parts="fragment Inner on A { b } fragment Outer on A { ...Own c { ...Inner } }",
        app_in_own="fragment Own on A { c { b } }",
        h5_in_own="fragment Own on A { b } query Mine { a { ...Own } }",
        app__h5_in_both="query Both { a { ...Inner } }",
    )
    assert channels_of(folder) == ["app", "h5"]
    of_app = {d.name: d.text for d in built_documents(folder, "app", SCHEMA)}
    of_h5 = {d.name: d.text for d in built_documents(folder, "h5", SCHEMA)}
    assert set(of_app) == {"Both", "One"}
    assert set(of_h5) == {"Both", "Mine", "One"}
    assert of_app["Both"] == of_h5["Both"]
    assert of_app["One"] == (
        "query One {\n  a {\n    ...Outer\n  }\n}\n\n"
        "fragment Outer on A {\n  ...Own\n  c {\n    ...Inner\n  }\n}\n\n"
        "fragment Own on A {\n  c {\n    b\n  }\n}\n\n"
        "fragment Inner on A {\n  b\n}"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("query One { a { d } }", "One: Cannot query field 'd'"),
        ("query One { a { ...Gone } }", "One: Unknown fragment 'Gone'"),
        ("{ a { b } }", "without a name"),
        ("query One { a { b } } query One { a { b } }", "One is defined twice"),
        ("query One {", "Syntax Error"),
        ("type A { b: Int }", "only operations and fragments"),
    ],
)
def test_operations_that_are_wrong_are_named(tmp_path, text, why):
    with pytest.raises(ManifestInvalid, match=why):
        built_documents(operations(tmp_path, app_in_own=text), "app", SCHEMA)


def test_a_channel_without_operations(tmp_path):
    with pytest.raises(ManifestInvalid, match="no operations of the channel ap"):
        built_documents(operations(tmp_path, app_in_own="{ a { b } }"), "ap", SCHEMA)


def test_what_is_kept_in_the_repository_is_whole():
    """Every manifest reads; each channel has one, and its operations are spoken by it."""
    shelf = Shelf.kept_in(OPERATIONS.parent / "manifests")
    assert {m.channel for m in shelf.manifests} == {"mini-program", "h5", "app"}
    assert channels_of(OPERATIONS) == ["app", "h5", "mini-program"]
    texts = {
        d.text for m in shelf.manifests if m.channel == "mini-program" for d in m.documents.values()
    }
    assert not any(text.startswith("subscription") for text in texts), "it polls instead"


RELAY = {hashlib.md5(ONE.text.encode(), usedforsecurity=False).hexdigest(): ONE.text}
APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [
        {"id": ONE.sha256, "name": "One", "type": "query", "body": ONE.text},
        {"id": "two-1", "name": "Two", "type": "query", "body": TWO.text},
    ],
}
CODEGEN = {ONE.sha256: ONE.text, f"sha256:{TWO.sha256}": TWO.text}


@pytest.mark.parametrize(
    ("whole", "kind", "aliases"),
    [
        (RELAY, ForeignFormat.RELAY, {"One": next(iter(RELAY))}),
        (RELAY, None, {"One": next(iter(RELAY))}),
        (APOLLO, ForeignFormat.APOLLO, {"One": None, "Two": "two-1"}),
        (APOLLO, None, {"One": None, "Two": "two-1"}),
        (CODEGEN, ForeignFormat.CODEGEN, {"One": None, "Two": None}),
        (CODEGEN, None, {"One": None, "Two": None}),
    ],
)
def test_manifests_of_other_tools(whole, kind, aliases):
    found = imported(json.dumps(whole).encode(), kind)
    assert {document.name: document.alias for document in found} == aliases
    assert all(document.sha256 == sha256_of(document.text) for document in found)
    read = Manifest.read(manifest("app", "1.0.0", *found).written())
    assert {d.name: d.alias for d in read.documents.values()} == aliases


@pytest.mark.parametrize(
    ("tool", "aliases"),
    [
        ("codegen", {"Nearby": None, "Claim": None}),
        ("apollo", {"Nearby": None, "Claim": None}),
        ("relay", {"NearbyQuery": "e987c1e6db31d07737207904ceb58ba2"}),
    ],
)
def test_files_that_the_tools_themselves_wrote(tool, aliases):
    """graphql-codegen's client preset, @apollo/generate-persisted-query-manifest, relay-compiler."""
    found = imported((FOREIGN / f"{tool}.json").read_bytes())
    assert {document.name: document.alias for document in found} == aliases
    whole = manifest("app", "1.0.0", *found)
    report = check_contract([whole], build_schema((ROOT / "schema.graphql").read_text("utf-8")))
    assert (report.checked, dict(report.breaks)) == (len(aliases), {})


@pytest.mark.parametrize(
    ("whole", "kind", "why"),
    [
        ([], None, "not a JSON object"),
        ({}, None, "no document"),
        ({"a": 1}, None, "no string"),
        ({"a": "{"}, None, "Syntax Error"),
        ({"a": "{ a { b } }"}, None, "not one operation with a name"),
        ({"a": ONE.text + TWO.text}, None, "not one operation with a name"),
        ({"a b": ONE.text}, None, "visible signs"),
        (RELAY, ForeignFormat.APOLLO, "apollo-persisted-query-manifest"),
        (APOLLO | {"version": 2}, None, "apollo-persisted-query-manifest"),
        (APOLLO | {"operations": {}}, None, "not a list"),
        (APOLLO | {"operations": [{"id": "a"}]}, None, "each has an"),
    ],
)
def test_files_that_are_none(whole, kind, why):
    with pytest.raises(ManifestInvalid, match=why):
        imported(json.dumps(whole).encode(), kind)
