"""The domain is pure; the rooms around it have no clock and no environment of their own."""

from pathlib import Path

import pytest

from tests.architecture import rules
from tests.architecture.tree import ROOT, python_files

CLOCKLESS = ("app/domain/", "app/ports/", "app/loaders/", "app/resolvers/", "app/schema/")
MAY_READ_ENVIRONMENT = (
    "app/settings.py",
    "app/integrations/local_servers/",  # hands its own environment on to the servers
    "app/cli/",  # hands its own environment on to child processes
    "scripts/",
    "bench/",
    "seed/",
    "tests/",
    "migrations/",
)
IMPURE = {
    "async def": "async def price(): ...",
    "await": "async def price():\n    await quote()",
    "async with": "async def price():\n    async with session: ...",
    "float literal": "rate = 0.8",
    "float type": "def price(amount: float) -> int: ...",
    "float call": "litres = float(volume_ml)",
    "round": "fen = round(amount)",
    "true division": "litres = volume_ml / 1000",
    "true division in place": "volume_ml /= 1000",
    "float mathematics": "import math\nside = math.sqrt(2)",
    "float mathematics by name": "from math import sqrt",
    "clock": "from datetime import datetime\nmoment = datetime.now()",
    "clock of the day": "from datetime import date\nday = date.today()",
    "clock by module": "import datetime\nmoment = datetime.datetime.utcnow()",
    "time": "import time",
    "time by name": "from time import monotonic",
    "chance": "import random",
    "secrets": "import secrets",
    "uuid": "from uuid import uuid4",
    "environment": "import os\nhome = os.environ['HOME']",
    "files": "text = open('prices.csv').read()",
    "paths": "from pathlib import Path",
    "output": "print('priced')",
    "logging": "import logging",
    "numpy": "import numpy as np",
    "pydantic": "from pydantic import BaseModel",
    "sqlmodel": "from sqlmodel import SQLModel",
    "strawberry": "import strawberry",
    "an outer room": "from app.ports.clock import Clock",
    "a global changed": "def count():\n    global seen\n    seen = 1",
    "a mutable value": (
        "from dataclasses import dataclass\n@dataclass(slots=True)\nclass Quote:\n    fen: int"
    ),
    "a value without slots": (
        "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Quote:\n    fen: int"
    ),
}


@pytest.mark.parametrize("path", python_files("app/domain/"))
def test_a_domain_file_is_pure(path: str) -> None:
    assert rules.impurities(path, (ROOT / path).read_text()) == []


@pytest.mark.parametrize("planted", IMPURE.values(), ids=IMPURE)
@pytest.mark.parametrize("host", ["app/domain/shared/money.py", "app/domain/stations/station.py"])
def test_the_purity_rule_bites(host: str, planted: str) -> None:
    source = (ROOT / host).read_text()
    assert rules.impurities(host, source + "\n\n" + planted + "\n") != []


def test_only_geography_may_use_float_and_numpy() -> None:
    planted = "import numpy as np\nhalf = 0.5\n"
    assert rules.impurities("app/domain/stations/geo.py", planted) == []
    assert len(rules.impurities("app/domain/stations/station.py", planted)) == 2


def test_batches_of_prices_may_use_numpy_and_no_float() -> None:
    """Integer arrays price many places at once (ADR 0005); a float there is a wrong price."""
    host = "app/domain/checkout/batch.py"
    assert rules.impurities(host, "import numpy as np\n") == []
    assert len(rules.impurities(host, "import numpy as np\nhalf = 0.5\n")) == 1


def test_inner_rooms_are_told_the_time() -> None:
    found = {
        path: readings
        for path in python_files(*CLOCKLESS)
        if (readings := rules.clock_readings((ROOT / path).read_text()))
    }
    assert found == {}


def test_settings_are_read_in_one_place() -> None:
    found = {
        path: readings
        for path in python_files()
        if not path.startswith(MAY_READ_ENVIRONMENT)
        and (readings := rules.environment_readings((ROOT / path).read_text()))
    }
    assert found == {}


@pytest.mark.parametrize("planted", ["import os\nos.environ['PORT']", "import os\nos.getenv('A')"])
def test_the_settings_rule_bites(planted: str) -> None:
    assert len(rules.environment_readings(planted)) == 1


def test_every_domain_file_was_looked_at() -> None:
    listed = {ROOT / path for path in python_files("app/domain/")}
    assert set(Path(ROOT, "app/domain").rglob("*.py")) == listed
