"""The published JSON Schemas of promotion files and case files, printed from the codec itself.

They say what a file may look like; what a program refuses beyond that (terms that contradict each
other, a zone that does not exist) it says when it reads the file.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any, get_args, get_type_hints

import orjson

from app.documents.case_model import CasesDocument
from app.documents.promotion_model import PromotionDocument
from app.documents.promotions import LARGEST, SCHEMA
from app.domain.promotions.promotion import Promotion

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REFERENCE = "#/$defs/{model}"
UNITS = {
    "_fen": "分 fen (1/100 yuan)",
    "_ml": "毫升 millilitres",
    "_bp": "基点 basis points (1/10000)",
    "_mill_per_litre": "厘每升 mills (1/1000 yuan) per litre",
}
"""By the ending of a field's name; none of them is ever negative."""
FIELDS = {
    "code": "代码，唯一 · unique among promotions and batches",
    "title": "标题 · the title that drivers read",
    "lane": "层级，按此顺序依次使用 · the lane; lanes apply in this order",
    "benefit": "优惠方式 · what it takes off",
    "conditions": "条件，须全部满足 · all of them must hold",
    "validity": "有效期 [开始, 结束) · when it is valid",
    "delivery": "券批次的发放；不写则自动生效 · how coupons of a batch are had; none: automatic",
    "scope": "作用的商品行 · the lines that it sees and takes from",
    "sequence": "同层内的先后 · the order inside a lane",
    "tags": "标签，供 stacks_with 引用 · names that `stacks_with` may use as tag:x",
    "stacks_with": "可叠加的对象，须双方都写 · whom it stacks with; both must name each other",
    "exclusive": "独占整单 · alone in the whole order",
    "exclusivity_group": "互斥组 · of a group, one applies",
    "refuses_lanes": "不与这些层同用 · lanes that it does not go with",
    "cap_fen": "封顶，分 · the most that it takes off, in fen",
    "refuse_partial": "额度不足时不用 · not used where a money limit would cut it",
    "threshold_base": "门槛看机显金额或余额 · what thresholds look at",
    "percent_base": "折扣看机显金额或余额 · what percentages are taken of",
    "funding": "出资比例，合计 10000 · who bears the cost; sums to 10,000",
    "paused": "暂停：可见但不使用 · visible, never applied",
    "limits": "限次、限额 · limits of times and money",
    "budget_fen": "总预算，分 · what all uses together may cost, in fen",
}
INSTANT = {
    "description": "日期或带时区的时间 · a date, or a time with its offset",
    "anyOf": [
        {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
        {
            "type": "string",
            "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$",
        },
        {"type": "null"},
    ],
    "default": None,
}


def promotions_schema() -> dict[str, Any]:
    """Of a file that `load_promotions` reads."""
    return {
        "$schema": DIALECT,
        "$id": "urn:youhui:schema:promotions-v1",
        "title": "油惠优惠活动文件 · Youhui promotions",
        "type": "object",
        "additionalProperties": False,
        "required": ["promotions"],
        "properties": {
            "schema": {"const": SCHEMA, "default": SCHEMA},
            "promotions": {
                "type": "array",
                "minItems": 1,
                "items": {"$ref": "#/$defs/Promotion"},
            },
        },
        "$defs": _promotion_definitions(),
    }


def cases_schema() -> dict[str, Any]:
    """Of a file that `load_cases` reads. A case's promotions may leave their titles out."""
    written = CasesDocument.model_json_schema(by_alias=True, ref_template=REFERENCE)
    definitions = {**written.pop("$defs"), **_promotion_definitions()}
    promotion = definitions["Promotion"]
    promotion["required"] = [name for name in promotion["required"] if name != "title"]
    given = definitions["Given"]["properties"]
    given["promotions"]["items"] = {"$ref": "#/$defs/Promotion"}
    _tidy(definitions)
    _tidy(written)
    return {
        "$schema": DIALECT,
        "$id": "urn:youhui:schema:cases-v1",
        **written,
        "title": "油惠用例文件 · Youhui cases",
        "$defs": dict(sorted(definitions.items())),
    }


def printed(schema: Mapping[str, Any]) -> str:
    """As it lies in `docs/schemas/`."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(schema, option=options).decode()


def _promotion_definitions() -> dict[str, Any]:
    written = PromotionDocument.model_json_schema(ref_template=REFERENCE)
    definitions: dict[str, Any] = written.pop("$defs")
    definitions["Promotion"] = written
    for name in ("starts_at", "ends_at"):
        definitions["Validity"]["properties"][name] = dict(INSTANT)
    for cls in _classes(Promotion):
        _describe(cls, definitions)
    written["description"] = "一个优惠活动或券批次 · a promotion or a coupon batch"
    written["properties"]["code"]["pattern"] = "^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"
    for name, said in FIELDS.items():
        written["properties"][name]["description"] = said
    _tidy(definitions)
    _bound(definitions)
    return dict(sorted(definitions.items()))


def _describe(cls: Any, definitions: Mapping[str, Any]) -> None:
    """A kind must be written, and is told by the first line of its file."""
    definition = definitions.get(cls.__name__)
    if definition is None:
        return
    kind = definition["properties"].get("kind")
    if kind is not None:
        kind.pop("default", None)
        definition["required"] = ["kind", *definition.get("required", [])]
        told = sys.modules[cls.__module__].__doc__ or ""
        definition["description"] = told.partition("\n")[0]


def _classes(cls: Any) -> Iterator[Any]:
    """All dataclasses that the fields of `cls` lead to."""
    for hint in get_type_hints(cls).values():
        for found in _inside(hint):
            yield found
            yield from _classes(found)


def _inside(hint: Any) -> Iterator[Any]:
    if is_dataclass(hint):
        yield hint
    for part in get_args(hint):
        yield from _inside(part)


def _tidy(part: Any) -> None:
    """No titles that repeat names; figures with their unit."""
    for inner in _schemas(part):
        if isinstance(inner.get("title"), str):
            del inner["title"]
        for name, value in inner.get("properties", {}).items():
            unit = next((unit for end, unit in UNITS.items() if name.endswith(end)), None)
            if unit is not None:
                value.setdefault("description", unit)


def _bound(part: Any) -> None:
    """Figures of promotions with their bounds."""
    for inner in _schemas(part):
        for name, value in inner.get("properties", {}).items():
            least = 0 if name.endswith(tuple(UNITS)) else -LARGEST
            for figure in _schemas(value):
                if figure.get("type") == "integer":
                    figure.setdefault("minimum", least)
                    figure.setdefault("maximum", LARGEST)


def _schemas(part: Any) -> Iterator[dict[str, Any]]:
    """Every object in it that is not a value."""
    if isinstance(part, list):
        for inner in part:
            yield from _schemas(inner)
    elif isinstance(part, dict):
        yield part
        for key, inner in part.items():
            if key not in ("default", "const", "enum", "required", "mapping"):
                yield from _schemas(inner)
