"""What every table has in common: one MetaData with named constraints, and column shorthands.

Ids and money are BIGINT, instants TIMESTAMP WITH TIME ZONE, words TEXT with a CHECK. A table that
belongs to a member leads its primary key with `user_id`, so that the schema shards by it.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    MetaData,
    Table,
    Text,
    text,
)
from sqlmodel import SQLModel

NAMING = {
    "ix": "ix_%(table_name)s__%(column_0_N_name)s",
    "uq": "uq_%(table_name)s__%(column_0_N_name)s",
    "ck": "ck_%(table_name)s__%(constraint_name)s",
    "fk": "fk_%(table_name)s__%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(SQLModel):
    """Base of all tables. `metadata` is Youhui's own, not SQLModel's global one."""

    metadata = MetaData(naming_convention=NAMING)
    __tablename__: ClassVar[Any]


def table_of(row: type[Row]) -> Table:
    """The Core table of a row class: hot reads select its columns, without the ORM."""
    table = getattr(row, "__table__")  # noqa: B009 - SQLModel sets it at class creation, untyped
    if not isinstance(table, Table):
        raise TypeError(f"{row.__name__} is not a table")
    return table


def whole(*args: Any, **kwargs: Any) -> Column[Any]:
    """BIGINT NOT NULL unless told: ids, money, prices, volumes, counts."""
    kwargs.setdefault("nullable", False)
    return Column(BigInteger, *args, **kwargs)


def words(*args: Any, **kwargs: Any) -> Column[Any]:
    """TEXT NOT NULL unless told."""
    kwargs.setdefault("nullable", False)
    return Column(Text, *args, **kwargs)


def instant(*args: Any, **kwargs: Any) -> Column[Any]:
    """TIMESTAMP WITH TIME ZONE NOT NULL unless told."""
    kwargs.setdefault("nullable", False)
    return Column(DateTime(timezone=True), *args, **kwargs)


def flag(default: bool) -> Column[Any]:
    return Column(Boolean, nullable=False, server_default=text("true" if default else "false"))


def word_list() -> Column[Any]:
    """TEXT[] NOT NULL, empty unless told."""
    return Column(ARRAY(Text), nullable=False, server_default=text("'{}'"))


def one_of(column: str, words: Iterable[StrEnum] | type[StrEnum]) -> CheckConstraint:
    """CHECK that a column (NULL allowed where the column allows it) holds one of the words."""
    listed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def each_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """CHECK that every element of a TEXT[] column is one of the words."""
    listed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} <@ ARRAY[{listed}]", name=f"{column}_known")


def positive(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} > 0", name=f"{column}_positive")


def not_negative(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} >= 0", name=f"{column}_not_negative")
