"""`make why` names what fired and never shows the message."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from signpost.desk import why
from tests.conftest import ROOT


def test_it_names_the_pattern_and_hides_the_message(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("sys.stdin", io.StringIO("my uncle zyxwv keeps touching me"))
    assert why.main() == 0
    shown = capfd.readouterr()
    assert "family_member_hurts: emergency, data/safety/family_member_abuser.yml" in shown.out
    assert "urgency   emergency" in shown.out
    assert "says      not who asks" in shown.out
    assert "decision" in shown.out
    assert not any(word in shown.out + shown.err for word in ("zyxwv", "touching", "uncle"))


def test_without_a_message_it_says_what_to_do(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("sys.stdin", io.StringIO(" "))
    assert why.main() == 1
    assert "no message" in capfd.readouterr().err


def test_without_a_model_it_says_what_to_do(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert why.main() == 1
    assert "make train" in capfd.readouterr().err
