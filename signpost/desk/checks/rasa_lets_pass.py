"""What Rasa 3.6 lets pass without a word (tested; see docs/decisions/0005-rasa-traps.md)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from signpost.desk.checks.tree import Fault, Tree
from signpost.register.content import AUDIENCES
from signpost.understanding.language_files import KINDS
from signpost.understanding.understood import OTHER_LANGUAGE, UNSURE

_SECTIONS = {"version", "nlu", "responses", "rules", "stories", "patterns", "lists", "fillers", "phrases", "forms", "language"}
_WITHOUT_INTENT = {"utter_first_message"}  # said before anybody has typed


def readable(tree: Tree) -> Iterator[Fault]:
    """Every file is YAML with sections that Rasa or Signpost reads; a misspelt one would be ignored in silence."""
    yield from tree.unreadable
    for file, content in tree.files.items():
        for section in content:
            if section not in _SECTIONS:
                yield Fault(file, f"the section '{section}' is read by nobody", f"use one of {', '.join(sorted(_SECTIONS))}")


def one_name_once(tree: Tree) -> Iterator[Fault]:
    """No answer, intent, rule or story name stands twice: Rasa would let the last one win."""
    places: dict[str, list[str]] = defaultdict(list)
    for file, content in tree.files.items():
        for name in content.get("responses") or {}:
            places[f"the answer {name}"].append(file)
        for intent in {str(entry.get("intent")) for entry in content.get("nlu") or []}:
            places[f"the intent {intent}"].append(file)
    for file, section, entry in tree.rules():
        places[f"the {section.removesuffix('s')} '{entry.get('rule') or entry.get('story')}'"].append(file)
    for name, files in places.items():
        if len(files) > 1:
            yield Fault(files[-1], f"{name} stands in {files[0]} too", "give one of them another name")


def each_asker_once(tree: Tree) -> Iterator[Fault]:
    """What others than the usual asker say stands in an entry of its own below the first: another audience, the same urgency."""
    for file, content in tree.files.items():
        first: dict[object, object] = {}
        askers: set[tuple[object, object]] = set()
        for entry in content.get("nlu") or []:
            intent, about = entry.get("intent"), entry.get("metadata") or {}
            audience, urgency = about.get("audience"), about.get("urgency")
            if audience and audience not in AUDIENCES:
                yield Fault(file, f"the audience '{audience}' of {intent} is not known", f"use one of {', '.join(AUDIENCES)}")
            if (intent, audience) in askers:
                yield Fault(file, f"{intent} has two entries for {audience}", "put their examples into one")
            if urgency != first.setdefault(intent, urgency):
                yield Fault(file, f"{intent} is '{urgency}' where {audience} asks, else '{first[intent]}'", "make both the same")
            askers.add((intent, audience))


def nothing_unused(tree: Tree) -> Iterator[Fault]:
    """Every intent has a rule, every answer a use, every domain name a place, and the other way round."""
    used_intents, used_actions = set(), set()
    for file, _, entry in tree.rules():
        for step in entry.get("steps") or []:
            used_intents.add(step.get("intent"))
            used_actions.add(step.get("action"))
            action = str(step.get("action") or "")
            if action.startswith("utter_") and action not in {wording.name for wording in tree.wordings}:
                yield Fault(file, f"uses {action}, which has no answer", "write the answer or mend the name")
    written = {topic.name for topic in tree.topics}
    in_domain = {next(iter(entry)) if isinstance(entry, dict) else entry for entry in tree.domain.get("intents") or []}
    for topic in tree.topics:
        if topic.name not in used_intents:
            yield Fault(topic.file, f"no rule or story answers the intent {topic.name}", "add a rule")
        if topic.name not in in_domain:
            yield Fault("domain.yml", f"the intent {topic.name} is missing", f"add '- {topic.name}' to intents")
    heard = {wording.topic for wording in tree.wordings if wording.language == OTHER_LANGUAGE}  # chosen by language, not by examples
    for name in sorted(in_domain - written - heard - set(UNSURE.values())):
        yield Fault("domain.yml", f"the intent {name} has no examples in data/", "take it out")
    for wording in tree.wordings:
        own_language = wording.language and wording.name.replace(wording.language, OTHER_LANGUAGE) in used_actions
        if wording.name not in used_actions | _WITHOUT_INTENT and not own_language:
            yield Fault(wording.file, f"the answer {wording.name} is used by no rule or story", "use it or delete it")


def one_file_one_topic(tree: Tree) -> Iterator[Fault]:
    """A topic's file, intent and answer share one name, so that one word finds everything."""
    for topic in tree.topics:
        if Path(topic.file).stem != topic.name:
            yield Fault(topic.file, f"holds the intent {topic.name}", "name the file after its intent, one topic in one file")
    for wording in tree.wordings:
        stem = Path(wording.file).stem
        if wording.language:
            if wording.language != stem or wording.topic not in {f"{stem}_{kind}" for kind in KINDS}:
                yield Fault(wording.file, f"{wording.name} is of another language or kind", f"name it utter_{stem}_{KINDS[0]}, or so")
        elif stem != "fallback" and wording.name != f"utter_{stem}":
            yield Fault(wording.file, f"holds the answer {wording.name}", f"name it utter_{stem}")


def no_contradiction(tree: Tree) -> Iterator[Fault]:
    """One intent starts one rule only; two would contradict each other, which `rasa train` alone would notice."""
    starts: Counter[str] = Counter()
    for file, section, entry in tree.rules():
        steps = entry.get("steps") or []
        first = steps[0].get("intent") if steps else None
        if section == "rules" and first:
            starts[first] += 1
            if starts[first] > 1:
                yield Fault(file, f"a second rule starts with {first}", "keep one")
        for step in steps:
            if not set(step) & {"intent", "action", "slot_was_set", "user", "checkpoint"}:
                yield Fault(
                    file,
                    f"a step of '{entry.get('rule') or entry.get('story')}' is not understood",
                    "use intent: or action:",
                )


def wording_only_slots(tree: Tree) -> Iterator[Fault]:
    """Slots change words, never the way of a conversation; otherwise somebody gets an empty reply."""
    for name, slot in (tree.domain.get("slots") or {}).items():
        if slot.get("influence_conversation") is not False:
            yield Fault("domain.yml", f"the slot {name} influences the conversation", "add 'influence_conversation: false'")


def default_wording_last(tree: Tree) -> Iterator[Fault]:
    """Every answer ends with a wording without condition: nobody gets an empty reply, and what it says of the whole topic is read."""
    defaults = {wording.name for wording in tree.wordings if wording.audience is None}
    last = {wording.name: wording for wording in tree.wordings}
    for wording in tree.wordings:
        if wording.name not in defaults:
            yield Fault(wording.file, f"{wording.name} has no wording for everybody else", "add one without condition")
        elif wording is last[wording.name] and wording.audience is not None:
            yield Fault(wording.file, f"the last wording of {wording.name} has a condition", "move one without condition to the end")


def examples_fit(tree: Tree) -> Iterator[Fault]:
    """At least 25 different examples an intent, none in two intents, none with personal data or markup."""
    seen: dict[str, str] = {}
    for topic in tree.topics:
        if len(topic.examples) < 25:
            yield Fault(topic.file, f"{topic.name} has {len(topic.examples)} examples", "write at least 25, each in other words")
        for key, missing in (("audience", not all(topic.askers)), ("urgency", not topic.metadata.get("urgency"))):
            if missing:
                yield Fault(topic.file, f"the intent {topic.name} has no {key}", f"add it to its metadata: {{{key}: ...}}")
        for example in topic.examples:
            plain = re.sub(r"\W+", " ", example.lower()).strip()
            if plain in seen:
                yield Fault(topic.file, f"the example '{example[:50]}' stands in {seen[plain]} too", "keep it in one topic")
            seen[plain] = topic.name
            if re.search(r"[\[\]{}<>|]|\d{5,}|\d{3,}[ -]\d{3,}|@\w+\.\w|https?:", example):
                yield Fault(topic.file, f"the example '{example[:50]}' holds markup, a number or an address", "take that out")


CHECKS = (
    readable,
    one_name_once,
    each_asker_once,
    nothing_unused,
    one_file_one_topic,
    no_contradiction,
    wording_only_slots,
    default_wording_last,
    examples_fit,
)
