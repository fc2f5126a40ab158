"""Whichever file of data/ an editor has spoilt, the one who reads it says which file it is and what to do."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from signpost.register.content import read_content
from signpost.register.content_file import ContentFault
from signpost.twin.reviewed_topics import read_reviewed_topics
from signpost.twin.twin_words import read_twin_words
from signpost.understanding.courtesies import read_courtesies
from signpost.understanding.language_files import read_languages
from signpost.understanding.normal_text import read_text_speak
from signpost.understanding.patterns import read_patterns, read_words
from signpost.understanding.place_names import read_places
from signpost.understanding.who_asks import read_ways_to_say
from signpost.web_chat.chat_words import read_chat_words
from signpost.web_chat.launcher import Launcher
from tests.conftest import ROOT

CONTENT = read_content(ROOT / "data")
READERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "register": ("helplines.yml", read_content),
    "council": ("council.yml", read_content),
    "facts": ("facts.yml", read_content),
    "card": ("card.yml", read_content),
    "page": ("page.yml", read_chat_words),
    "launcher": ("embed.yml", lambda folder: Launcher(CONTENT, folder)),
    "plain pages": ("twin.yml", read_twin_words),
    "reviewed answers": ("topics/ask_what_is_cse.yml", read_reviewed_topics),
    "places": ("places.yml", read_places),
    "who asks": ("who_asks.yml", read_ways_to_say),
    "courtesies": ("courtesies.yml", lambda folder: read_courtesies(folder / "courtesies.yml")),
    "text-speak": ("text_speak.yml", lambda folder: read_text_speak(folder / "text_speak.yml")),
    "patterns": ("safety/immediate_danger.yml", read_patterns),
    "words of patterns": ("safety/words.yml", lambda folder: read_words(folder / "safety" / "words.yml")),
    "languages": ("languages/polish.yml", lambda folder: read_languages(folder / "languages")),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(ROOT / "data", tmp_path_factory.mktemp("project") / "data"))


@pytest.mark.parametrize(
    ("nonsense", "to_do"),
    [
        (b"patterns: caf\xe9\n", "no UTF-8). Restore it from the last release."),
        (b"patterns:\n- [\n", "not valid YAML (did not find expected node content). Undo the last edit there."),
    ],
    ids=["no UTF-8", "no YAML"],
)
@pytest.mark.parametrize("reader", READERS)
def test_a_file_that_cannot_be_read_is_named_with_its_mend(data: Path, reader: str, nonsense: bytes, to_do: str) -> None:
    name, read = READERS[reader]
    read(data)
    path = data / name
    whole = path.read_bytes()
    path.write_bytes(nonsense)
    try:
        with pytest.raises(ContentFault, match=rf"{re.escape(str(path))}.*{re.escape(to_do)}$"):
            read(data)
    finally:
        path.write_bytes(whole)
