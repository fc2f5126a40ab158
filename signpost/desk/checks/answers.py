"""Every answer is complete: urgency, hand-off, title, next steps, facts, review dates; and every emergency says 999."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from signpost.desk.checks.tree import Fault, Tree, Wording
from signpost.handoff.answers import SERVICE_WORDS
from signpost.register.content import AUDIENCES, CHILDREN, URGENCIES
from signpost.understanding.understood import UNSURE

_UNSURE_URGENCY = {topic: urgency for urgency, topic in UNSURE.items()}
_MOST_SERVICES = {"emergency": 6}
_LONGEST_TITLE = 32


def complete(tree: Tree) -> Iterator[Fault]:
    """Every answer names urgency, hand-off, next steps, facts, review dates, all of a known kind."""
    for wording in tree.wordings:
        metadata, where = wording.metadata, f"{wording.name} ({wording.audience or 'default'})"
        for key in ("urgency", "handoff", "next", "facts", "reviewed", "review_by"):
            if key not in metadata or metadata[key] in (None, ""):
                yield Fault(wording.file, f"{where} has no {key}", f"add '{key}:' to its metadata")
        if not wording.text:
            yield Fault(wording.file, f"{where} has no text", "write the answer")
        if metadata.get("urgency") not in (None, *URGENCIES):
            yield Fault(
                wording.file,
                f"{where}: urgency '{metadata['urgency']}' is not known",
                f"use one of {', '.join(URGENCIES)}",
            )
        topic = tree.topic(wording.topic)
        expected = topic.metadata.get("urgency") if topic else _UNSURE_URGENCY.get(wording.topic)
        if expected and metadata.get("urgency") and metadata["urgency"] != expected:
            yield Fault(wording.file, f"{where} is '{metadata['urgency']}', its intent '{expected}'", "make both the same")
        if wording.audience is not None and wording.audience not in AUDIENCES:
            yield Fault(wording.file, f"{where}: no such audience", f"use one of {', '.join(AUDIENCES)}")


def handed_off(tree: Tree) -> Iterator[Fault]:
    """Every hand-off leads to services that may be shown; children see no adults' line first; emergencies show 999 early."""
    services, roles = tree.content.services, tree.content.council.roles
    for wording in tree.wordings:
        where = f"{wording.name} ({wording.audience or 'default'})"
        handoff = wording.metadata.get("handoff") or []
        urgency = wording.metadata.get("urgency")
        if not handoff:
            yield Fault(wording.file, f"{where} hands off to nobody", "name at least one service in 'handoff'")
            continue
        most = _MOST_SERVICES.get(str(urgency), 4)
        if len(handoff) > most:
            yield Fault(wording.file, f"{where} names {len(handoff)} services", f"keep the first {most}")
        for route in handoff:
            if route in tree.content.council.local_ids:
                yield Fault(
                    wording.file,
                    f"{where} names '{route}', which only this council has",
                    "name the role from council.yml instead",
                )
            elif route not in services and route not in roles:
                yield Fault(
                    wording.file,
                    f"{where}: '{route}' is no service and no role",
                    "use an id of helplines.yml or a role of council.yml",
                )
            elif route in services and not services[route].is_shown():
                yield Fault(
                    wording.file,
                    f"{where}: '{route}' is not cleared to be shown",
                    "use another service, or have a person clear it",
                )
        audience = wording.audience or _usual_audience(tree, wording)
        first = services.get(handoff[0])
        if audience in CHILDREN and first is not None and first.suits and not first.suits & CHILDREN:
            yield Fault(
                wording.file,
                f"{where} shows a young person '{handoff[0]}' first, a line for adults",
                "put childline or the council first",
            )
        if urgency == "emergency" and ("emergency-999" not in handoff[:3] or "999" not in wording.text):
            yield Fault(
                wording.file,
                f"{where} is an emergency without 999",
                "name 999 in the text and emergency-999 among the first three services",
            )
        if urgency in ("emergency", "worried") and audience in ("young_person", "friend") and "fault" not in wording.english:
            yield Fault(wording.file, f"{where} does not say that it is not their fault", "add 'It is not your fault.'")


def named(tree: Tree) -> Iterator[Fault]:
    """Titles, next steps, facts and placeholders point to things that exist; nothing has the same name or title twice."""
    topics = {topic.name for topic in tree.topics} | {wording.topic for wording in tree.wordings}
    titles = Counter(str(wording.metadata.get("title")).lower() for wording in tree.wordings if wording.metadata.get("title"))
    titled = {wording.topic for wording in tree.wordings if wording.metadata.get("title")}
    for wording in tree.wordings:
        where = f"{wording.name} ({wording.audience or 'default'})"
        title = wording.metadata.get("title")
        if wording.topic not in titled:
            yield Fault(
                wording.file,
                f"{wording.name} has no title",
                "add 'title:' (its button) to the default wording's metadata",
            )
        if title and (len(title) > _LONGEST_TITLE or titles[title.lower()] > 1):
            yield Fault(
                wording.file,
                f"the title '{title}' is too long or stands twice",
                f"give it one of its own, {_LONGEST_TITLE} letters at most",
            )
        for name in wording.metadata.get("next") or []:
            if name not in topics:
                yield Fault(wording.file, f"{where}: next step '{name}' does not exist", "name an existing topic")
        for name in (wording.metadata.get("follow_ups") or {}).values():
            if name not in topics:
                yield Fault(wording.file, f"{where}: follow-up '{name}' does not exist", "name an existing topic")
        about = wording.metadata.get("about")
        if about and about not in tree.content.services and about not in tree.content.council.roles:
            yield Fault(wording.file, f"{where} is about '{about}', no service and no role", "use an id of helplines.yml or a role")
        for name in wording.metadata.get("facts") or []:
            fact = tree.content.facts.get(name)
            if fact is None or fact.status != "checked":
                yield Fault(
                    wording.file,
                    f"{where} rests on the fact '{name}', which is missing or not checked",
                    "use a checked fact of facts.yml",
                )
        for name in re.findall(r"\{(\w+)\}", wording.text):
            known_fact = name in tree.content.facts and name in (wording.metadata.get("facts") or [])
            if name not in tree.content.council.words and name not in SERVICE_WORDS and not known_fact:
                yield Fault(
                    wording.file,
                    f"{where}: nothing fills {{{name}}}",
                    "use a word of council.yml or a fact that stands in its 'facts'",
                )


def in_date(tree: Tree) -> Iterator[Fault]:
    """No answer, fact or shown service is past its review date; dates are text in quotes (unquoted ones break `rasa train`)."""
    for wording in tree.wordings:
        for key in ("reviewed", "review_by"):
            value = wording.metadata.get(key)
            if isinstance(value, date):
                yield Fault(wording.file, f"{wording.name}: {key} is not in quotes", f'write {key}: "{value}"')
            elif value and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
                yield Fault(wording.file, f"{wording.name}: {key} '{value}' is no date", 'write it as "2027-05-24"')
        due = str(wording.metadata.get("review_by") or "")
        if due and due < tree.today.isoformat():
            yield Fault(
                wording.file,
                f"{wording.name} was to be reviewed by {due}",
                "have it reviewed; see docs/tasks/review_content.md",
            )
    for fact in tree.content.facts.values():
        if fact.status == "checked" and fact.review_by < tree.today:
            yield Fault(
                "data/facts.yml",
                f"{fact.id} was to be reviewed by {fact.review_by}",
                "check its source and set the new date",
            )
    for service in tree.content.services.values():
        if service.is_shown() and service.review_by < tree.today:
            yield Fault(
                "data/helplines.yml",
                f"{service.id} was to be reviewed by {service.review_by}",
                "ring it and set the new date",
            )


def _usual_audience(tree: Tree, wording: Wording) -> str:
    topic = tree.topic(wording.topic)
    return str(topic.metadata.get("audience", "unknown")) if topic else "unknown"


CHECKS = (complete, handed_off, named, in_date)
