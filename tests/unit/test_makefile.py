"""`make` installs only where it may."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.conftest import ROOT


def test_an_environment_that_is_only_linked_to_is_never_emptied(tmp_path: Path) -> None:
    elsewhere, here = tmp_path / "elsewhere", tmp_path / "here"
    (elsewhere / "bin").mkdir(parents=True)
    (elsewhere / "bin" / "python").write_text("somebody's", encoding="utf-8")
    here.mkdir()
    shutil.copy(ROOT / "Makefile", here)
    (here / "requirements.lock").touch()
    (here / ".venv").symlink_to(elsewhere)
    done = subprocess.run(["make", ".venv/ready"], cwd=here, capture_output=True, text=True)
    assert done.returncode != 0
    assert "is a link" in done.stderr
    assert (elsewhere / "bin" / "python").read_text(encoding="utf-8") == "somebody's"
