"""Keys: namespaces, kinds, versions and ids never meet in one key."""

import ast
import itertools
from pathlib import Path

import app.cache
from app.cache.keys import Keys


def test_distinct_questions_have_distinct_keys():
    questions = itertools.product(("a", "b"), ("kind", "other"), (1, 11), ("1", "2"))
    keys = {
        Keys(space).public_result(kind, version, id_) for space, kind, version, id_ in questions
    }
    assert len(keys) == 16


def test_environments_have_channels_of_their_own():
    assert Keys("a").catalog_channel != Keys("b").catalog_channel


def text_with_colons(path: Path) -> list[str]:
    """Texts that look like a key, outside the file where keys are built."""
    return [
        node.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and ":" in node.value.strip(":")
        and " " not in node.value
    ]


def test_keys_are_built_in_one_file(tmp_path: Path):
    folder = Path(app.cache.__path__[0])
    elsewhere = [path for path in folder.glob("*.py") if path.name != "keys.py"]
    assert len(elsewhere) >= 4
    assert [found for path in elsewhere for found in text_with_colons(path)] == []
    planted = tmp_path / "planted.py"
    planted.write_text('key = f"youhui:public{1}"', "utf-8")
    assert text_with_colons(planted) == ["youhui:public"]
