"""Mutants of a message: the same meaning as people, phones and filters' enemies would write it. One family, one function.

Mutants of one sentence are not independent of each other: whoever reports on them resamples whole sentences (`benchmarks/messages.py`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Family = Callable[[str, random.Random], str]

_LOOKALIKES = str.maketrans("aeopcxi", "аеорсхі")
_NEIGHBOURS = {"a": "s", "e": "r", "i": "o", "o": "p", "t": "y", "n": "m", "s": "d", "r": "t", "h": "j", "l": "k", "u": "i", "d": "f"}
_TEXT_SPEAK = {
    "you": "u", "are": "r", "because": "cos", "please": "pls", "people": "ppl", "to": "2", "for": "4", "don't know": "dk",
    "i don't know": "idk", "right now": "rn", "boyfriend": "bf", "girlfriend": "gf", "message": "msg", "messages": "msgs",
    "picture": "pic", "pictures": "pics", "something": "smth", "someone": "sum1", "tonight": "2nite", "with": "w", "about": "abt",
    "what": "wot", "going to": "gonna", "want to": "wanna",
}  # fmt: skip
_FIRST_TO_THIRD = {
    "i'm": "she's", "im": "shes", "i am": "she is", "i've": "she's", "ive": "shes", "i was": "she was", "i have": "she has",
    "i": "she", "me": "her", "my": "her", "myself": "herself", "mine": "hers",
}  # fmt: skip
_PAST = {"is": "was", "are": "were", "am": "was", "im": "i was", "i'm": "i was", "keeps": "kept", "says": "said",
         "wants": "wanted",
         "makes": "made", "has": "had", "won't": "wouldn't", "wont": "wouldnt", "hits": "hit", "sends": "sent",
         "asks": "asked"}  # fmt: skip
_POLITE = ("hi there sorry to bother you, {} thank you so much for your time", "Hello, I hope you are well. {} Many thanks in advance.",
           "sorry if this is the wrong place but {} no rush or anything x")  # fmt: skip
_STORIES = (
    (
        "so today was normal, we had double maths and then lunch and it rained the whole time. my mate lent me her umbrella and we"
        " missed the bus so we walked. i had beans on toast and watched telly for a bit.",
        "anyway i have got to finish my art coursework and the dog needs a walk. my nan is coming round on sunday and we are having a"
        " roast. i might go to town after if my cousin is free.",
    ),
    (
        "hi i have been meaning to write for a while. work has been mad, three people off sick, and the boiler packed in on tuesday."
        " the plumber says it is the pump and of course it is the weekend now.",
        "sorry that got long. i have to do the school run in ten minutes and then the big shop. we are away next week so the cat is going"
        " to my sister's.",
    ),
    (
        "not been sleeping great cos next doors having an extension done and they start at seven. got a B in geography which is a miracle"
        " and mr says i can move up a set. we lost four nil on saturday but the pies were good",
        "gonna have a shower and charge my phone. mum is shouting me for tea its fish fingers again. see if i can get an hour on the game"
        " before bed",
    ),
    (
        "I teach in a small primary and this half term has been all assemblies, reports and a leaking roof. We had the harvest festival on"
        " Friday and the caretaker retired.",
        "I am on playground duty shortly, then it is spelling tests to mark. The inspectors may come before Christmas, so everybody is"
        " tidying cupboards.",
    ),
)
_EMOJI = ("😭", "😔", "💀", "🙏", "😩")


def typos(text: str, draw: random.Random) -> str:
    """One slip in about every second long word: two letters swapped, one lost, or a neighbouring key."""
    return " ".join(_slip(word, draw) if len(word) > 4 and draw.random() < 0.5 else word for word in text.split(" "))


def _slip(word: str, draw: random.Random) -> str:
    at = draw.randrange(1, len(word) - 1)
    kind = draw.randrange(3)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    return word[:at] + _NEIGHBOURS.get(word[at].lower(), word[at] * 2) + word[at + 1 :]


def curly_quotes(text: str, draw: random.Random) -> str:
    """A phone's curly apostrophes and quotation marks."""
    return "“" + text.replace("'", "’") + "”"


def zero_width(text: str, draw: random.Random) -> str:
    """Zero-width characters inside words, as copied text and filter-dodgers have them."""
    return "".join(letter + ("\u200b" if letter.isalpha() and draw.random() < 0.2 else "") for letter in text)


def homoglyphs(text: str, draw: random.Random) -> str:
    """Cyrillic letters that look Latin, in about half of the words."""
    return " ".join(word.translate(_LOOKALIKES) if draw.random() < 0.5 and len(word) > 3 else word for word in text.split(" "))


def text_speak(text: str, draw: random.Random) -> str:
    """Common words as they are typed on phones."""
    return _replaced(text, _TEXT_SPEAK)


def emoji(text: str, draw: random.Random) -> str:
    """Emoji at the end and in the middle."""
    words = text.split(" ")
    words.insert(len(words) // 2, draw.choice(_EMOJI))
    return " ".join([*words, draw.choice(_EMOJI) * 2])


def capitals(text: str, draw: random.Random) -> str:
    """Shouted."""
    return text.upper()


def no_spaces(text: str, draw: random.Random) -> str:
    """All words run together, for messages of at most eight words; longer ones lose every third space."""
    words = text.split(" ")
    if len(words) <= 8:
        return "".join(words)
    return "".join(word + ("" if index % 3 == 2 else " ") for index, word in enumerate(words)).strip()


def stretched(text: str, draw: random.Random) -> str:
    """Letters held down at the ends of some words."""
    return " ".join(word + word[-1] * 3 if word and word[-1].isalpha() and draw.random() < 0.35 else word for word in text.split(" "))


def third_person(text: str, draw: random.Random) -> str:
    """About somebody else ('asking for a friend')."""
    return f"asking for a friend, {_replaced(text, _FIRST_TO_THIRD)}"


def past_tense(text: str, draw: random.Random) -> str:
    """As if it had been last week."""
    return f"last week {_replaced(text, _PAST)}"


def polite(text: str, draw: random.Random) -> str:
    """Wrapped in politeness."""
    return draw.choice(_POLITE).format(text)


def joking(text: str, draw: random.Random) -> str:
    """Taken half back at once."""
    return f"{text} lol jk"


def buried(text: str, draw: random.Random) -> str:
    """In the middle of one of four long harmless stories."""
    before, after = draw.choice(_STORIES)
    return f"{before} {text}. {after}"


FAMILIES: dict[str, Family] = {
    family.__name__: family
    for family in (typos, curly_quotes, zero_width, homoglyphs, text_speak, emoji, capitals, no_spaces, stretched, third_person,
                   past_tense, polite, joking, buried)
}  # fmt: skip


def _replaced(text: str, words: dict[str, str]) -> str:
    pattern = re.compile(r"(?<![\w'])(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + r")(?![\w'])", re.I)
    return pattern.sub(lambda found: words[found.group().lower()], text)
