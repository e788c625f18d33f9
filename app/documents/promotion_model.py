"""The strict shape of a promotion document: the domain's own values, told apart by `kind`."""

from dataclasses import MISSING, Field, fields, replace
from datetime import UTC, datetime
from typing import Annotated, get_type_hints

from pydantic import BaseModel, ConfigDict, create_model
from pydantic import Field as Constraint

from app.domain.promotions.benefits import Benefit
from app.domain.promotions.conditions import Condition
from app.domain.promotions.promotion import Promotion

_BY_KIND = {
    "benefit": Annotated[Benefit, Constraint(discriminator="kind")],
    "conditions": tuple[Annotated[Condition, Constraint(discriminator="kind")], ...],
}


def _default(field: Field[object]) -> object:
    if field.default is not MISSING:
        return field.default
    if field.default_factory is not MISSING:
        return Constraint(default_factory=field.default_factory)
    return ...


def _model() -> type[BaseModel]:
    """Follows the fields of `Promotion`, so a new kind or field needs no entry here."""
    hints = get_type_hints(Promotion)
    shape = {
        field.name: (_BY_KIND.get(field.name, hints[field.name]), _default(field))
        for field in fields(Promotion)
    }
    config = ConfigDict(extra="forbid", strict=True)
    return create_model("PromotionDocument", __config__=config, **shape)  # pyright: ignore[reportCallIssue, reportArgumentType]


PromotionDocument = _model()


def to_promotion(document: BaseModel) -> Promotion:
    """The validated fields as the domain's value, instants in UTC."""
    values = {field.name: getattr(document, field.name) for field in fields(Promotion)}
    validity = values["validity"]
    values["validity"] = replace(
        validity, starts_at=_utc(validity.starts_at), ends_at=_utc(validity.ends_at)
    )
    return Promotion(**values)


def _utc(instant: datetime | None) -> datetime | None:
    return instant and instant.astimezone(UTC)
