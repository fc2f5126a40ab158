"""`make insight` makes one page of the daily files, also of none."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from signpost.counting.counts import DAY, HOUR, Row
from signpost.desk.insight import chats_by_hour, write_page
from signpost.register.content import read_content
from tests.conftest import ROOT

NIGHT = datetime(2026, 7, 1, 22, tzinfo=timezone.utc)  # 23:00 in Wiltshire


def test_figures_of_several_workers_and_days_add_up(tmp_path: Path) -> None:
    rows = [
        Row(HOUR, NIGHT, "chats", "all", 40),
        Row(DAY, NIGHT, "chats", "all", 100),
        Row(DAY, NIGHT, "chats", "all", 100),
        Row(DAY, NIGHT, "fallback", "all", 50),
        Row(DAY, NIGHT, "topic", "asked_for_nudes", 60),
        Row(DAY, NIGHT, "topic", "asked_for_nudes", 30),
        Row(DAY, NIGHT, "used", "childline", 40),
    ]
    page = write_page(rows, tmp_path, ROOT / "data").read_text(encoding="utf-8")
    assert "About 200 chats" in page
    assert "about 25 of 100" in page
    assert "<td>asked for nudes</td><td>90</td>" in page
    assert "<td>Childline</td><td>40</td>" in page
    assert "1 July 2026" in page
    assert {path.name for path in tmp_path.iterdir()} == {"index.html", "hours.png", "topic.png", "used.png"}
    assert all(path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n" for path in tmp_path.glob("*.png"))


def test_hours_are_those_of_the_council(tmp_path: Path) -> None:

    calendar = read_content(ROOT / "data").council.calendar
    assert chats_by_hour([Row(HOUR, NIGHT, "chats", "all", 40)], calendar) == {23: 40}


def test_without_figures_the_page_says_so(tmp_path: Path) -> None:
    assert "Nothing can be told yet" in write_page([], tmp_path / "new", ROOT / "data").read_text(encoding="utf-8")
