"""The one row that says which version of the public tables is the newest."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Column, text
from sqlmodel import Field

from app.storage.tables.base import Row, instant, positive, whole


class CatalogVersionRow(Row, table=True):
    """Raised in the transaction of every change to public tables (see `catalog_version.bump`).

    `stations_version`: the newest version that changed anything but promotions, so that
    publishing one need not read all stations anew."""

    __tablename__ = "catalog_version"
    __table_args__ = (
        CheckConstraint("single", name="one_row"),
        positive("version"),
        CheckConstraint("stations_version BETWEEN 0 AND version", name="stations_version_known"),
    )

    single: bool = Field(
        default=True,
        sa_column=Column(Boolean, primary_key=True, server_default=text("true")),
    )
    version: int = Field(sa_column=whole())
    stations_version: int = Field(sa_column=whole())
    changed_at: datetime = Field(sa_column=instant(server_default=text("now()")))
