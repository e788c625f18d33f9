"""The Grafana dashboard asks for figures that exist, by labels that they have."""

import json
import re
from pathlib import Path

import pytest

from app.gateway.watching.metrics import Metrics

FILE = Path(__file__).parents[2] / "deploy" / "grafana" / "youhui.json"
DASHBOARD = json.loads(FILE.read_text("utf-8"))
SUFFIXES = ("_total", "_bucket", "_sum", "_count", "")
EXPRESSIONS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]] + [
    variable["query"]["query"] for variable in DASHBOARD["templating"]["list"][1:]
]


def known() -> dict[str, set[str]]:
    """Labels by the name of each metric."""
    metrics = Metrics()
    return {
        found.name + suffix: set(getattr(metrics, field)._labelnames) | {"le"}
        for field in Metrics.__dataclass_fields__
        if field != "registry"
        for found in getattr(metrics, field).describe()
        for suffix in SUFFIXES
    }


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_it_asks_for_what_is_measured(expression: str):
    names = re.findall(r"youhui_\w+", expression)
    assert names
    assert set(names) <= set(known())


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_it_names_labels_that_are_there(expression: str):
    labels: set[str] = set.union(*(known()[name] for name in re.findall(r"youhui_\w+", expression)))
    said = re.findall(r"(\w+)(?:=~|!~|!=|=)\"", expression)
    grouped = [name for by in re.findall(r"by \(([^)]*)\)", expression) for name in by.split(", ")]
    assert {*said, *grouped} <= labels


def test_its_panels_lie_side_by_side():
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
