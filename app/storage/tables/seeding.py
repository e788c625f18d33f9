"""What the demo seed left: one row, or none where nothing was seeded."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Column, text
from sqlmodel import Field

from app.storage.tables.base import Row, instant, words


class SeedMarkRow(Row, table=True):
    """`fingerprint` names what the rows were made from: sizes, seed, facts and promotions;
    `seeded_at` is the instant that their dates are counted from."""

    __tablename__ = "seed_mark"
    __table_args__ = (CheckConstraint("single", name="one_row"),)

    single: bool = Field(
        default=True,
        sa_column=Column(Boolean, primary_key=True, server_default=text("true")),
    )
    fingerprint: str = Field(sa_column=words())
    seeded_at: datetime = Field(sa_column=instant())
