"""Another council takes it over by its own `council.yml` alone, and nothing of Wiltshire is left."""

from __future__ import annotations

import shutil
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.utils.endpoints import EndpointConfig

from signpost.handoff.answer_writer import AnswerWriter, Situation
from signpost.register.content import AUDIENCES
from tests.conftest import ROOT
from tests.unit.test_handoff import RESPONSES

NUMBER = "01632 960001"  # Ofcom keeps 01632 960000 to 960999 for drama: they reach nobody


def service(name: str) -> dict[str, Any]:
    return {
        "id": name,
        "name": "Northmere children's team",
        "for": ["young_person", "friend", "parent", "professional", "unknown", "operator"],
        "publish": "number_ok",
        "channels": [{"kind": "phone", "value": NUMBER, "hours": "24/7"}],
        "words": {"note": "Ask for the duty team."},
        "review_by": "2030-01-01",
        "status": "cleared",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("helplines.yml", "facts.yml", "card.yml"):
        shutil.copy(ROOT / "data" / name, tmp_path / name)
    council = yaml.safe_load((ROOT / "data" / "council.yml").read_text(encoding="utf-8"))
    council["words"] = {key: f"Northmere {key}" for key in council["words"]}
    council["roles"] = {role: {"open": "northmere-team"} for role in council["roles"]}
    council["services"] = [service("northmere-team")]
    council["links"] = {"council_site": "https://northmere.example", "exit_to": "https://weather.example"}
    (tmp_path / "council.yml").write_text(yaml.safe_dump(council), encoding="utf-8")
    return tmp_path


class _Domain:
    responses = RESPONSES


def test_no_answer_and_no_card_names_wiltshire(folder: Path) -> None:
    writer = AnswerWriter(EndpointConfig(content=str(folder)), _Domain(), clock=lambda: datetime(2026, 11, 24, 2, tzinfo=timezone.utc))
    local = False
    for name in RESPONSES:
        for audience in AUDIENCES:
            reply = writer.write(name.removeprefix("utter_"), Situation(audience))
            assert reply is not None
            said = str(reply).lower().replace("parent_not_in_wiltshire", "")  # a topic's name; nobody reads it
            for trace in ("wiltshire", "0300 456", "emerald", "mash", "svpp", "swindon"):
                assert trace not in said, f"{name} ({audience}) still says {trace}"
            local = local or NUMBER in said
    assert local
