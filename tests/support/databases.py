"""Databases of their own for tests, cloned from one that was migrated (and seeded) once a run."""

import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from zlib import crc32

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from app.storage.migrate import upgrade

SEED_SIZES = ("--stations", "120", "--members", "50")


@dataclass(slots=True)
class DatabaseFactory:
    """`run` prefixes every name, `worker` tells the workers of one run apart."""

    server_url: str
    run: str
    worker: str
    counter: Iterator[int] = field(default_factory=itertools.count)

    @contextmanager
    def database(self, template: str | None) -> Iterator[str]:
        """A new database (None: empty), dropped at the end of the block; its URL."""
        name = f"{self._prefix}_{self.worker}_{next(self.counter)}"
        self._create(name, template)
        try:
            yield self.url(name)
        finally:
            with self._connection() as connection:
                connection.execute(_drop(name))

    def migrated_template(self) -> str:
        """The name of a database with all migrations; made by the first worker that asks."""
        return self._once("migrated", None, upgrade)

    def seeded_template(self) -> str:
        """The name of a database with a small seed. Nobody connects to a template: the server
        copies none that is in use."""
        return self._once("seeded", self.migrated_template(), _seed)

    def url(self, name: str) -> str:
        url = make_url(self.server_url).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)

    def drop_all(self) -> None:
        """Everything that this run made, on a server that stays."""
        with self._connection() as connection:
            found = connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
                [self._prefix],
            )
            for (name,) in found.fetchall():
                connection.execute(_drop(name))

    @property
    def _prefix(self) -> str:
        return f"youhui_test_{self.run}"

    def _connection(self) -> psycopg.Connection:
        url = make_url(self.server_url).set(drivername="postgresql")
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

    def _create(self, name: str, template: str | None) -> None:
        with self._connection() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                    sql.Identifier(name), sql.Identifier(template or "template0")
                )
            )

    def _once(self, kind: str, template: str | None, fill: Callable[[str], None]) -> str:
        """Make a database once for all workers: filled under another name, then renamed."""
        name, unfinished = f"{self._prefix}_{kind}", f"{self._prefix}_{kind}_unfinished"
        with self._connection() as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", [crc32(name.encode())])
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(query, [name]).fetchone() is None:
                connection.execute(_drop(unfinished))
                self._create(unfinished, template)
                fill(self.url(unfinished))
                connection.execute(
                    sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                        sql.Identifier(unfinished), sql.Identifier(name)
                    )
                )
        return name


def _drop(name: str) -> sql.Composed:
    return sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))


def _seed(url: str) -> None:
    """By the command that a person uses, in a process of its own."""
    program = "import sys; from app.cli import main; sys.argv[0] = 'youhui'; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "seed", *SEED_SIZES],
        env={**os.environ, "YOUHUI_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"youhui seed failed:\n{done.stdout}\n{done.stderr}")
