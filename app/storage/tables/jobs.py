"""Why jobs failed: the job queue keeps its own tables, but no causes."""

from datetime import datetime

from sqlmodel import Field

from app.storage.tables.base import Row, instant, positive, whole, words


class JobFailureRow(Row, table=True):
    """The last failure of a job that still exists. `attempt`: which, from 1. `cause`: the fault's
    kind and text, cut short, without personal data."""

    __tablename__ = "job_failure"
    __table_args__ = (positive("attempt"),)

    job_id: int = Field(sa_column=whole(primary_key=True, autoincrement=False))
    attempt: int = Field(sa_column=whole())
    at: datetime = Field(sa_column=instant())
    cause: str = Field(sa_column=words())
