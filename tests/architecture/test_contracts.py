"""The import contracts and the lint bans hold, and each bites when it is broken on purpose."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

PROGRAMS = Path(sys.executable).parent

# contract → (file that breaks it, the line planted, the import that the report must name)
PLANTED = {
    "Rooms: imports point down only": (
        "app/ports/clock.py",
        "import app.resolvers.context",
        "app.ports.clock -> app.resolvers.context",
    ),
    "Domain contexts form no cycle": (
        "app/domain/shared/money.py",
        "import app.domain.promotions.terms",
        "app.domain.shared.money -> app.domain.promotions.terms",
    ),
    "Inner rooms know ports, never adapters": (
        "app/resolvers/context.py",
        "import app.storage.engine",
        "app.resolvers.context -> app.storage.engine",
    ),
    "Of the adapters, the gateway knows security alone": (
        "app/gateway/__init__.py",
        "import app.cache.keys",
        "app.gateway -> app.cache.keys",
    ),
    "The worker runs use cases, not the contract": (
        "app/worker/__init__.py",
        "import app.schema.enums",
        "app.worker -> app.schema.enums",
    ),
    "The domain knows no framework": (
        "app/domain/pricing/fill.py",
        "import pydantic",
        "app.domain.pricing.fill -> pydantic",
    ),
    "Ports and loaders are plain: no database, no web": (
        "app/loaders/__init__.py",
        "import starlette.requests",
        "app.loaders -> starlette",
    ),
    "GraphQL lives in schema and gateway alone": (
        "app/security/__init__.py",
        "import strawberry",
        "app.security -> strawberry",
    ),
    "HTTP lives in gateway, main and cli alone": (
        "app/schema/__init__.py",
        "import starlette.responses",
        "app.schema -> starlette",
    ),
    "SQL lives in storage alone": (
        "app/documents/__init__.py",
        "import sqlmodel",
        "app.documents -> sqlmodel",
    ),
    "Redis lives in cache alone": (
        "app/settings.py",
        "import redis.asyncio",
        "app.settings -> redis",
    ),
    "The console lives in cli alone": (
        "app/cache/__init__.py",
        "import rich.progress",
        "app.cache -> rich",
    ),
    "Signing lives in security alone": (
        "app/documents/findings.py",
        "import joserfc.jwt",
        "app.documents.findings -> joserfc",
    ),
}


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAMS / "lint-imports", "--no-cache"],
        cwd=tree,
        env={"COLUMNS": "200", "NO_COLOR": "1", "PATH": "", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def copied(folder: Path) -> Path:
    shutil.copytree(ROOT / "app", folder / "app", ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".importlinter", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def broken_report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What import-linter says of a copy of the tree in which every contract is broken once."""
    tree = copied(tmp_path_factory.mktemp("tree"))
    for path, line, _ in PLANTED.values():
        with (tree / path).open("a") as file:
            file.write(f"\n{line}\n")
    linted = lint_imports(tree)
    assert linted.returncode == 1, linted.stderr
    return " ".join(linted.stdout.split())


def test_the_tree_keeps_every_contract() -> None:
    linted = lint_imports(ROOT)
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize("name", PLANTED)
def test_a_contract_bites(name: str, broken_report: str) -> None:
    assert f"{name} BROKEN" in broken_report
    assert PLANTED[name][2] in broken_report


def test_every_contract_is_shown_to_bite() -> None:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    contracts = [parser[section] for section in parser.sections() if ":contract:" in section]
    assert {contract["name"] for contract in contracts} == set(PLANTED)


@pytest.mark.parametrize("place", ["app/billing", "app/domain/billing"])
def test_a_new_package_must_be_placed(place: str, tmp_path: Path) -> None:
    tree = copied(tmp_path)
    (tree / place).mkdir()
    (tree / place / "__init__.py").touch()
    linted = lint_imports(tree)
    assert linted.returncode == 1
    assert "billing" in linted.stdout


@pytest.mark.parametrize(
    ("planted", "rule"),
    [
        ("from strawberry.dataloader import DataLoader\n\nprint_me = DataLoader\n", "TID251"),
        ("from datetime import datetime\n\nmoment = datetime.now()\n", "DTZ005"),
        ("try:\n    x = 1\nexcept Exception:\n    x = 2\n", "BLE001"),
        ("print(1)\n", "T201"),
        ("# TODO later\n", "FIX002"),
        ("def shown(amount):\n    return amount\n", "ANN001"),
    ],
)
def test_a_lint_rule_bites(planted: str, rule: str) -> None:
    linted = subprocess.run(
        [
            PROGRAMS / "ruff",
            "check",
            "--output-format=concise",
            "--stdin-filename=app/loaders/x.py",
            "-",
        ],
        input=planted,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert rule in linted.stdout


LOOSE = {
    "app/domain/shared": ("def f(x: list) -> object:\n    return x\n", "reportMissingTypeArgument"),
    "app/resolvers": ("def f(x) -> int:\n    return 1\n", "reportMissingParameterType"),
    "app/schema": (
        "def f(x: dict[str, int]):\n    return x.keys\n\n\ny = f\nz: list = []\n",
        "reportMissingTypeArgument",
    ),
}


@pytest.fixture(scope="module")
def types_report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What basedpyright, set as for this project, says of one loosely typed file a room."""
    tree = tmp_path_factory.mktemp("typed")
    for folder in ("bench", "migrations", "scripts", "tests"):
        (tree / folder).mkdir()
    for room, (planted, _) in LOOSE.items():
        (tree / room).mkdir(parents=True)
        (tree / room / "planted.py").write_text(planted)
    settings = (ROOT / "pyproject.toml").read_text()
    (tree / "pyproject.toml").write_text(settings.replace('venv = ".venv"\n', ""))
    checked = subprocess.run(
        [sys.executable, "-m", "basedpyright", "--project", str(tree)],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 1, checked.stdout
    return checked.stdout


@pytest.mark.parametrize("room", LOOSE)
def test_types_are_strict_in_the_inner_rooms(room: str, types_report: str) -> None:
    rule = LOOSE[room][1]
    assert [line for line in types_report.splitlines() if room in line and rule in line]
