"""How answers are worded: nothing that the wording rules forbid, short, and at the reading age of who reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import textstat

from signpost.desk.checks.tree import Fault, Tree, Wording

# Wording rules of the safeguarding dossier, section 2 (Children's Society / NAPAC language guide, 14 Nov 2024, and others).
_FORBIDDEN = re.compile(
    r"lifestyle choice|promiscuous|risk[- ]?taking|put(?:ting)? (?:your|them|her|him)sel(?:f|ves) at risk"
    r"|child prostitut|prostitut|rent ?boy|underage sex|child porn|revenge porn|historic(?:al)? abuse|attention[- ]seeking|streetwise"
    r"|you should have|why did you|why didn'?t you|you let |you chose|your choice to|silly|stupid|naive|mistake"
    r"|paedo|nonce|predator|monster|stranger danger|\bpromise|(?:our|your|keep (?:it|this|a)) secret|guarantee|100%"
    r"|you(?:'re| are) (?:being )?(?:groomed|abused|exploited)|you(?:'re| are) not being"
    r"|sounds like|(?:low|medium|high) risk|don'?t worry|calm down"
    r"|screenshot|send (?:me|us) (?:the|a|your) (?:pic|photo|image)|what (?:did|does) (?:he|she|they) (?:do|make)"
    r"|how (?:old|often|long) (?:is|did|does|are|has|have)|what(?:'s| is) (?:his|her|their|your) name"
    r"|(?:that|this|it) (?:is|isn'?t|is not|was|wasn'?t) (?:definitely |probably |clearly |not )?(?:grooming|abuse|exploitation)\b"
    r"|\A\s*(?:yes|no|yeah|nope)\b|tell me (?:more|what|every)|where (?:do you live|are you)|commit suicide|thinkuknow"
    r"|didn'?t understand|rephrase",
    re.I,
)
_GRADES = {"parent": 7, "survivor": 7, "own_behaviour": 7, "operator": 7, "professional": 9}
_YOUNG_GRADE = 5  # Flesch-Kincaid; about the reading age of nine that GOV.UK asks for
_MOST_WORDS, _MOST_WORDS_EMERGENCY, _LONGEST_SENTENCE = 60, 40, 20
_NUMBER = re.compile(r"(?!20\d\d-\d\d\b)(?<![\d-])\+?\d[\d ()-]{3,}\d|\b\d{5,}\b")  # a pair of years (2015-16) is none
_ADDRESS = re.compile(r"https?:|www\.|\b[\w-]+\.(?:org|co|gov|com|police|net)\b|\w@\w", re.I)


def allowed(tree: Tree) -> Iterator[Fault]:
    """No answer, fact or word of the register says what the wording rules forbid."""
    for file, where, text in _texts(tree):
        for found in _FORBIDDEN.finditer(text):
            yield Fault(file, f"{where} says '{found.group().strip()}'", "word it as docs/decisions/0004-wording.md says")


def numbers_in_register_only(tree: Tree) -> Iterator[Fault]:
    """No answer holds a phone number or address; no file anywhere holds a retired number or what the council never publishes."""
    for wording in tree.wordings:
        for pattern, what in ((_NUMBER, "a phone number"), (_ADDRESS, "a web or e-mail address")):
            found = pattern.search(wording.text)
            if found:
                yield Fault(
                    wording.file,
                    f"{wording.name} holds {what}: '{found.group().strip()}'",
                    "name the service; its card shows the number",
                )
    council = tree.content.council
    gone = [re.sub(r"\D", "", number) for number in tree.content.retired_numbers]
    for file, where, text in _texts(tree):
        digits = re.sub(r"(?<=\d)[ -](?=\d)", "", text)
        for number in gone:
            if len(number) >= 5 and re.search(rf"(?<!\d){number}(?!\d)", digits):
                yield Fault(file, f"{where} holds the retired number {number}", "take it out")
        for never in council.never_publish:
            if never.lower() in text.lower():
                yield Fault(file, f"{where} holds '{never}', which this council never publishes", "take it out")
    for wording in tree.wordings:
        for name, word in council.words.items():
            if len(word) > 5 and word.lower() in wording.text.lower():
                yield Fault(wording.file, f"{wording.name} names '{word}', which belongs to one council", f"write {{{name}}}")


def short_and_plain(tree: Tree) -> Iterator[Fault]:
    """At most 60 words before the card (40 in an emergency), no sentence over 20, at the reading grade of the audience."""
    for wording in tree.wordings:
        audience = wording.audience or _usual(tree, wording)
        text = re.sub(r"\{\w+\}", "the team", wording.english)
        words = max(len(text.split()), len(wording.text.split()))
        most = _MOST_WORDS_EMERGENCY if wording.metadata.get("urgency") == "emergency" else _MOST_WORDS
        if words > most:
            yield Fault(wording.file, f"{wording.name} ({audience}) has {words} words", f"cut it to {most}")
        grade = textstat.flesch_kincaid_grade(text)
        highest = _GRADES.get(audience, _YOUNG_GRADE)
        if grade > highest:
            yield Fault(
                wording.file,
                f"{wording.name} ({audience}) reads at grade {grade:.1f}, over {highest}",
                "use shorter words and sentences",
            )
        for sentence in re.split(r"(?<=[.!?])\s+", text):
            if len(sentence.split()) > _LONGEST_SENTENCE:
                yield Fault(
                    wording.file,
                    f"{wording.name}: the sentence '{sentence[:40]}...' has over 20 words",
                    "part it in two",
                )


def _texts(tree: Tree) -> Iterator[tuple[str, str, str]]:
    for wording in tree.wordings:
        yield wording.file, f"{wording.name} ({wording.audience or 'default'})", wording.text
        if wording.english != wording.text:
            yield wording.file, f"the English of {wording.name}", wording.english
        yield wording.file, f"the title of {wording.name}", str(wording.metadata.get("title") or "")
    for fact in tree.content.facts.values():
        for text, _, _ in fact.says if fact.status == "checked" else ():
            yield "data/facts.yml", fact.id, text
    for service in tree.content.services.values():
        if service.is_shown():
            numbers = " ".join(channel.value for channel in service.shown_channels())
            yield "data/helplines.yml", service.id, " ".join([service.name, *service.words.values(), numbers])
    for name, text in tree.content.card.words.items():
        yield "data/card.yml", name, text


def _usual(tree: Tree, wording: Wording) -> str:
    topic = tree.topic(wording.topic)
    return str(topic.metadata.get("audience", "unknown")) if topic else "unknown"


CHECKS = (allowed, numbers_in_register_only, short_and_plain)
