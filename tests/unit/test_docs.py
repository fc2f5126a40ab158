"""What README and docs name exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "tasks").glob("*.md")), *sorted((ROOT / "docs" / "decisions").glob("*.md"))]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_every_path_and_command_exists(page: Path) -> None:
    for quoted in re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8")):
        if re.fullmatch(r"(?:data|signpost|tests|docs|actions)/[\w./-]*", quoted) and "lost_phone_worry" not in quoted:
            assert (ROOT / quoted).exists(), quoted
        if quoted.startswith("make "):
            assert quoted.split()[1] in TARGETS, quoted
