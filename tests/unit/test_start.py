"""A start that could not answer safely does not happen, and one sentence says why; adding a topic loses nothing."""

from __future__ import annotations

import shutil
import socket
from datetime import date
from pathlib import Path

import pytest

from signpost.desk.new_topic import add_topic
from signpost.desk.run import NotReady, check_before_start, free_port
from signpost.register.content import read_content
from signpost.register.content_file import ContentFault
from tests.conftest import MODEL, ROOT


def test_a_missing_or_damaged_model_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="missing or damaged"):
        check_before_start(tmp_path / "none.tar.gz", "127.0.0.1", free_port())
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(MODEL.read_bytes()[:100_000])
    with pytest.raises(NotReady, match=r"cut\.tar\.gz"):
        check_before_start(cut, "127.0.0.1", free_port())


def test_a_taken_port_stops_the_start() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(NotReady, match="Port"):
            check_before_start(MODEL, "127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("helplines.yml", "services:", "servces:", "services"),
        ("helplines.yml", "publish: number_ok\n", "publish: maybe\n", "publish"),
        ("helplines.yml", 'review_by: "', 'review_by: "x', "no date"),
        ("helplines.yml", 'value: "https://', 'value: "http://', "https"),
        ("council.yml", "{open: wiltshire-mash", "{open: nobody", "nobody"),
        ("facts.yml", "source:", "sauce:", "source"),
        ("card.yml", "  parent: [", "  paret: [", "parent"),
        ("card.yml", "words:", "words: [", "card.yml"),
    ],
)
def test_a_broken_content_file_is_named(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    for name in ("helplines.yml", "council.yml", "facts.yml", "card.yml"):
        shutil.copy(ROOT / "data" / name, tmp_path / name)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentFault, match=said) as fault:
        read_content(tmp_path)
    assert file in str(fault.value) or "data/" in str(fault.value)


def test_a_new_topic_is_written_once(tmp_path: Path) -> None:
    (tmp_path / "data" / "topics").mkdir(parents=True)
    (tmp_path / "tests" / "conversations").mkdir(parents=True)
    shutil.copy(ROOT / "domain.yml", tmp_path / "domain.yml")
    paths = add_topic(tmp_path, "lost_phone", date(2026, 11, 24))
    assert all(path.exists() for path in paths)
    assert (tmp_path / "domain.yml").read_text(encoding="utf-8").endswith("- lost_phone\n")
    with pytest.raises(ValueError, match="exists already"):
        add_topic(tmp_path, "lost_phone", date(2026, 11, 24))
    with pytest.raises(ValueError, match="no topic name"):
        add_topic(tmp_path, "Bad Name", date(2026, 11, 24))
