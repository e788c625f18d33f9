"""The same recipe and moment make the same rows, in any process."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from app.integrations.demo_seed.source import SEED_FOLDER, DemoFiles
from app.ports.seeding import SeedRecipe
from tests.support.seeded import MOMENT, SMALL, make

ROWS_OF_A_SEED = """
import hashlib
from app.storage import seed_rows
from tests.support.seeded import make

seed = make()
digest = hashlib.sha256()
tables = [
    *seed_rows.reference_tables(seed), seed_rows.stations(seed),
    *seed_rows.product_tables(seed), *seed_rows.member_tables(seed),
]
for table in tables:
    for row in table.rows:
        digest.update(repr([getattr(value, "obj", value) for value in row]).encode())
print(len(tables), digest.hexdigest())
"""


def _digest(hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", ROWS_OF_A_SEED],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_two_processes_with_other_hashing_make_the_same_rows():
    first, second = _digest("1"), _digest("2")
    assert first == second
    assert first.startswith("20 ")


def test_another_seed_makes_other_rows():
    other = make(SeedRecipe(stations=120, members=50, seed=7))
    assert other.stations != make().stations
    assert other.members != make().members


def test_more_members_leave_the_first_ones_as_they_were():
    assert make(SeedRecipe(stations=120, members=80)).members[:50] == make().members


def test_dates_follow_the_moment_and_nothing_else_does():
    day = timedelta(days=1)
    today, tomorrow = make(), make(moment=MOMENT + day)
    assert [s.station.name for s in today.stations] == [s.station.name for s in tomorrow.stations]
    for before, after in zip(today.members, tomorrow.members, strict=True):
        assert [o.placed_at + day for o in before.orders] == [o.placed_at for o in after.orders]
        assert [o.terms.pump_amount_fen for o in before.orders] == [
            o.terms.pump_amount_fen for o in after.orders
        ]


def test_the_fingerprint_names_recipe_and_files_but_not_the_moment(tmp_path: Path):
    files = DemoFiles()
    assert files.fingerprint(SMALL) == make(moment=MOMENT + timedelta(days=3)).fingerprint
    assert files.fingerprint(SMALL) != files.fingerprint(SeedRecipe())
    for path in SEED_FOLDER.rglob("*.*"):
        copy = tmp_path / path.relative_to(SEED_FOLDER)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    assert DemoFiles(tmp_path).fingerprint(SMALL) == files.fingerprint(SMALL)
    changed = tmp_path / "promotions" / "coupons.yaml"
    changed.write_text(changed.read_text("utf-8") + "\n# one more line\n", "utf-8")
    assert DemoFiles(tmp_path).fingerprint(SMALL) != files.fingerprint(SMALL)
