"""Rasa projects of any size from this one's topics: Signpost, and the same intents, examples and answers for the default pipeline."""

from __future__ import annotations

import random
import shutil
from itertools import cycle
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = 20  # of each topic, so that topics can be compared
_NEEDED = ("fallback", "first_message", "want_to_talk_to_human", "affirm", "deny", "not_in_area", "parent_not_in_wiltshire", "op_restart")
_SYLLABLES = ("bo", "ka", "li", "mu", "ne", "po", "ra", "si", "tu", "ve")
SIGNPOST, DEFAULT = "signpost", "rasa_default"
Topic = dict[str, Any]


def make_project(folder: Path, kind: str, topics: int, stories: int = 0) -> None:
    """Write a project of `kind` with that many intents into `folder`. Signpost's own ways of falling back come with it."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "data" / "topics").mkdir(parents=True)
    chosen = _chosen(topics)
    extra = _stories(chosen, stories)
    if kind == SIGNPOST:
        _write_signpost(folder, chosen, extra)
    else:
        _write_default(folder, chosen, extra)


def sentences(topics: int) -> list[str]:
    """Examples that the projects of that size do not train on, to be sent as messages."""
    found = []
    for topic in _chosen(topics):
        for entry in topic.get("nlu") or []:
            found += [line[1:].strip() for line in entry["held"]]
    return [sentence.replace('"', "").replace("\\", "") for sentence in found]


def _chosen(topics: int) -> list[Topic]:
    """The files to use: those that Signpost needs, then the others, then copies with a word of their own in each example."""
    files = sorted((ROOT / "data").glob("*/*.yml"), key=lambda file: (not _is_needed(file), file.parent.name, file.stem))
    read = [(file.stem, yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)) for file in files]
    chosen: list[Topic] = []
    count = 0
    for turn, (stem, content) in enumerate(cycle([entry for entry in read if "version" in entry[1]])):
        if count >= topics:
            return chosen
        copy = turn // len(read)
        topic = _shortened({**content, "stem": stem}) if not copy else _copied(content, stem, copy)
        count += len(topic.get("nlu") or [])
        if topic.get("nlu") or not copy:
            chosen.append(topic)
    return chosen


def _is_needed(file: Path) -> bool:
    return file.stem in _NEEDED or file.stem.startswith("choose_")


def _shortened(content: Topic, word: str = "") -> Topic:
    entries = []
    for entry in _usual_askers(content):
        lines = [f"{line} {word}".strip() for line in entry["examples"].splitlines()]
        entries.append({**entry, "examples": "\n".join(lines[:EXAMPLES]) + "\n", "held": lines[EXAMPLES : 2 * EXAMPLES] or lines[-3:]})
    return {**content, "nlu": entries}


def _usual_askers(content: Topic) -> list[dict[str, Any]]:
    """The first entry of each intent: what others ask about it would make some topics larger than others."""
    first: dict[str, dict[str, Any]] = {}
    for entry in content.get("nlu") or []:
        first.setdefault(entry["intent"], entry)
    return list(first.values())


def _copied(content: Topic, stem: str, copy: int) -> Topic:
    """The topic once more under another name; every example ends with a word that only this copy has."""
    names = [entry["intent"] for entry in _usual_askers(content)]
    chance = random.Random(f"{stem}{copy}")  # noqa: S311 - the same copies in every run
    word = "".join(chance.choices(_SYLLABLES, k=4))
    new = {name: f"{name}_{copy + 1}" for name in names}
    topic = _shortened(content, word)
    own = {answer: wordings for answer, wordings in (content.get("responses") or {}).items() if answer.removeprefix("utter_") in new}
    return {
        "version": "3.1",
        "stem": f"{stem}_{copy + 1}",
        "nlu": [{**entry, "intent": new[entry["intent"]]} for entry in topic["nlu"]],
        "responses": {f"utter_{new[answer.removeprefix('utter_')]}": wordings for answer, wordings in own.items()},
        "rules": [_rule(new[name]) for name in names if f"utter_{name}" in own],
    }


def _rule(intent: str) -> dict[str, Any]:
    return {"rule": f"Answer {intent}", "steps": [{"intent": intent}, {"action": f"utter_{intent}"}]}


def _stories(chosen: list[Topic], count: int) -> list[dict[str, Any]]:
    """Stories of two turns that agree with the rules."""
    chance = random.Random(5)  # noqa: S311 - the same stories in every run
    names = [entry["intent"] for topic in chosen for entry in topic["nlu"] if f"utter_{entry['intent']}" in (topic.get("responses") or {})]
    pairs = [chance.sample(names, 2) for _ in range(count)]
    steps = [[{key: value} for name in pair for key, value in (("intent", name), ("action", f"utter_{name}"))] for pair in pairs]
    return [{"story": f"Story {number}", "steps": each} for number, each in enumerate(steps)]


def _write_signpost(folder: Path, chosen: list[Topic], stories: list[dict[str, Any]]) -> None:
    for name in ("config.yml", "credentials.yml", "endpoints.yml"):
        shutil.copy(ROOT / name, folder / name)
    for file in (ROOT / "data").glob("*.yml"):
        shutil.copy(file, folder / "data" / file.name)
    shutil.copytree(ROOT / "data" / "languages", folder / "data" / "languages")
    (folder / "data" / "safety").mkdir()
    shutil.copy(ROOT / "data" / "safety" / "words.yml", folder / "data" / "safety" / "words.yml")
    for topic in chosen:
        content = {key: value for key, value in topic.items() if key != "stem"}
        content["nlu"] = _without_held(topic)
        _dump(folder / "data" / "topics" / f"{topic['stem']}.yml", content)
    if stories:
        _dump(folder / "data" / "topics" / "stories.yml", {"version": "3.1", "stories": stories})
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    written = {entry["intent"] for topic in chosen for entry in topic["nlu"]}
    ruled = {step.get("intent") for topic in chosen for rule in topic.get("rules") or [] for step in rule["steps"]} - {None}
    domain["intents"] = sorted(written | ruled)
    _dump(folder / "domain.yml", domain)


def _write_default(folder: Path, chosen: list[Topic], stories: list[dict[str, Any]]) -> None:
    for name in ("config.yml", "credentials.yml"):
        shutil.copy(Path(__file__).parent / "rasa_default" / name, folder / name)
    entries = [{"intent": entry["intent"], "examples": entry["examples"]} for topic in chosen for entry in topic["nlu"]]
    names = [entry["intent"] for entry in entries]
    texts = {name: wordings[-1]["text"] for topic in chosen for name, wordings in (topic.get("responses") or {}).items()}
    responses = {f"utter_{name}": [{"text": str(texts.get(f"utter_{name}", "Here are people who can help."))}] for name in names}
    _dump(folder / "data" / "nlu.yml", {"version": "3.1", "nlu": entries})
    _dump(folder / "data" / "rules.yml", {"version": "3.1", "rules": [_rule(name) for name in names], "stories": stories})
    _dump(folder / "domain.yml", {"version": "3.1", "intents": names, "responses": _plain(responses)})


def _plain(responses: dict[str, list[dict[str, str]]]) -> dict[str, list[dict[str, str]]]:
    """Without places for slots, which the default project does not have."""
    return {name: [{"text": text["text"].replace("{", "").replace("}", "")} for text in texts] for name, texts in responses.items()}


def _without_held(topic: Topic) -> list[dict[str, Any]]:
    return [{key: value for key, value in entry.items() if key != "held"} for entry in topic["nlu"]]


def _dump(file: Path, content: dict[str, Any]) -> None:
    file.write_text(yaml.dump(content, sort_keys=False, allow_unicode=True, width=1000), encoding="utf-8")
