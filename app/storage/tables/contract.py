"""Who last used which document of the contract, by day: what may be taken away, and when."""

from datetime import date, datetime

from sqlalchemy import Column, Date
from sqlmodel import Field

from app.storage.tables.base import Row, instant, positive, whole, words


class ContractUsageRow(Row, table=True):
    """`used_on` in UTC. `channel` and `app_version` are empty where a client did not say them."""

    __tablename__ = "contract_usage"
    __table_args__ = (positive("uses"),)

    used_on: date = Field(sa_column=Column(Date, primary_key=True))
    channel: str = Field(sa_column=words(primary_key=True))
    app_version: str = Field(sa_column=words(primary_key=True))
    sha256: str = Field(sa_column=words(primary_key=True))
    operation: str = Field(sa_column=words())
    uses: int = Field(sa_column=whole())
    last_at: datetime = Field(sa_column=instant())
