"""Which documents a process runs, by its settings."""

from pathlib import Path

import pytest

from app.gateway.trusted.gate import DocumentMode
from app.gateway.trusted.manifest import ManifestInvalid
from app.main import mode_of, shelf_of
from app.settings import Settings


@pytest.mark.parametrize(
    ("demo", "documents", "mode"),
    [
        (False, None, DocumentMode.TRUSTED),
        (True, None, DocumentMode.OPEN),
        (False, "open", DocumentMode.OPEN),
        (True, "trusted", DocumentMode.TRUSTED),
    ],
)
def test_the_demo_is_open_and_all_else_is_not(demo, documents, mode):
    assert mode_of(Settings(demo=demo, documents=documents)) is mode


def test_a_process_that_could_run_nothing_is_refused(tmp_path: Path):
    with pytest.raises(ManifestInvalid, match="no manifest"):
        shelf_of(Settings(documents="trusted", manifests_dir=tmp_path))
    assert shelf_of(Settings(documents="open", manifests_dir=tmp_path)).manifests == ()
    assert shelf_of(Settings()).manifests != ()
