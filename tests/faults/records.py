"""What the database holds after a run, read once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from app.documents.order_terms import load_terms
from app.domain.orders.terms import OrderTerms
from tests.faults.town import Town

Row = dict[str, Any]
Key = tuple[int, int]
GONE = frozenset({"CANCELLED", "EXPIRED"})


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order of this run with its terms."""

    row: Row
    terms: OrderTerms

    @property
    def key(self) -> Key:
        return self.row["user_id"], self.row["id"]

    @property
    def status(self) -> str:
        return self.row["status"]

    @property
    def holds(self) -> bool:
        """Whether its coupons, points and uses are its own."""
        return self.status not in GONE and self.status != "REFUNDED"


@dataclass(frozen=True, slots=True)
class Records:
    """Tables by what they are asked for; orders only those placed in this run."""

    orders: dict[Key, Ordered]
    refunds: dict[Key, list[Row]]
    payments: list[Row]
    coupons: list[Row]
    funding: list[Row]
    audit: dict[str, list[Row]]
    requests: dict[tuple[int, str], Row]
    jobs: list[Row]
    referrals: list[Row]
    accounts: list[Row]
    postings: list[Row]
    entries: list[Row]
    counters: dict[tuple[Any, ...], tuple[int, int]]
    bounds: list[Row]

    @classmethod
    def read(cls, town: Town, since: datetime) -> "Records":
        url = town.cluster.url().replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(url) as connection:

            def rows(query: str, *given: Any) -> list[Row]:
                return list(connection.cursor(row_factory=dict_row).execute(query, given))

            orders = {
                (row["user_id"], row["id"]): Ordered(row, load_terms(row["terms_text"]))
                for row in rows(
                    "SELECT *, terms::text AS terms_text FROM fuel_order WHERE placed_at >= %s",
                    since,
                )
            }
            return cls(
                orders=orders,
                refunds=_grouped(rows("SELECT * FROM order_refund"), "user_id", "order_id"),
                payments=rows("SELECT * FROM payment"),
                coupons=rows("SELECT * FROM coupon"),
                funding=rows("SELECT * FROM funding_entry"),
                audit=_by_subject(rows("SELECT * FROM audit_event")),
                requests={
                    (row["user_id"], row["key"]): row
                    for row in rows("SELECT * FROM idempotent_request")
                },
                jobs=rows("SELECT * FROM procrastinate_jobs"),
                referrals=rows("SELECT * FROM referral"),
                accounts=rows("SELECT * FROM loyalty_account"),
                postings=rows("SELECT * FROM ledger_posting"),
                entries=rows("SELECT * FROM ledger_entry"),
                counters=_counters(
                    rows(
                        "SELECT code, 'USER' AS per, user_id::text AS subject, period, "
                        "period_start, uses, fen FROM promotion_usage UNION ALL "
                        "SELECT code, per, subject, period, period_start, uses, fen "
                        "FROM promotion_counter"
                    )
                ),
                bounds=rows("SELECT * FROM promotion_counter"),
            )


def _grouped(rows: Sequence[Row], *names: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in names)].append(row)
    return found


def _by_subject(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[f"{row['user_id']}/{row['subject']}"].append(row)
    return found


def _counters(rows: Sequence[Row]) -> dict[tuple[Any, ...], tuple[int, int]]:
    """Parts of one counter added up; those at 0 left out."""
    sums: dict[tuple[Any, ...], tuple[int, int]] = {}
    for row in rows:
        key = (row["code"], row["per"], row["subject"], row["period"], row["period_start"])
        uses, fen = sums.get(key, (0, 0))
        sums[key] = (uses + row["uses"], fen + row["fen"])
    return {key: found for key, found in sums.items() if found != (0, 0)}
