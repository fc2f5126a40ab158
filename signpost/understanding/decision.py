"""From patterns and scores to one answer, its urgency and who asks: the last step of understanding."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, METADATA, METADATA_INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from signpost.conversation.buttons import button_id
from signpost.register.content import AUDIENCES, CHILDREN, URGENCIES
from signpost.understanding.best_answer import Array, BestAnswer, Choice, Wordings, routes_of
from signpost.understanding.language import HEARD, in_language
from signpost.understanding.made_from import made_from
from signpost.understanding.patterns import Pattern
from signpost.understanding.safety_net import FOUND
from signpost.understanding.service_names import NAMED
from signpost.understanding.three_questions import SCORES, Scores, together
from signpost.understanding.understood import KEY, UNSURE, Understood
from signpost.understanding.who_asks import ADULTS, SAID, ruled_out

_MEMORY = "answers.json"
_EMERGENCY, _WORRIED = URGENCIES[:2]
_KINDS_OF_ADULT = frozenset(AUDIENCES) - CHILDREN - {"parent"}
_CHOICE = "choose_"  # topics of a message that says nothing but who asks begin so; the audience follows
_OF_FEW = frozenset({"own_behaviour", "operator"})  # whose topics nobody else is offered
_NEVER_OUTRIGHT = 0.999  # the most that the network may tell of who asks: 1 is for what is said in so many words
_CLOSE = 3  # near topics offered as buttons


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Decision(GraphComponent):
    """Names the intent: the answer that serves best. Danger found by a pattern outweighs whatever topic seemed likely."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource, answers: Mapping[str, Wordings]) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._answers = dict(answers)
        self._topics = [name for name in self._answers if name not in UNSURE.values()]
        self._best = BestAnswer(self._answers, self._topics) if self._topics else None
        self._buttons = {button_id(topic): topic for topic in self._topics}

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Probabilities and shares; see `config.yml` for the values and their reasons."""
        return {
            "sure": 0.08,
            "danger": 0.15,
            "calm": 0.9,
            "danger_in_part": 0.5,
            "calm_story": 0.6,
            "danger_in_calm": 0.65,
            "worry": 0.4,
            "topics_share": 0.8,
            "pattern_share": 0.2,
            "nobody": 0.75,
            "named": 0.4,
            "told": 0.9,
            "half_told": 0.75,
            "near": 0.015,
            "choice": 0.8,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Train again when the code has changed."""
        return made_from(config)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Decision:
        """Build the untrained component."""
        return cls(config, model_storage, resource, {})

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Decision:
        """Load what is known of each answer from the model."""
        with model_storage.read_from(resource) as folder:
            kept = json.loads((folder / _MEMORY).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, {name: Wordings(**about) for name, about in kept.items()})

    def train(self, training_data: TrainingData) -> Resource:
        """Keep urgency, usual audience (of the topic's first entry) and routes of each answer.

        Raises ValueError for a topic without an answer of its name.
        """
        kept = {}
        for example in training_data.intent_examples:
            about = (example.get(METADATA) or {}).get(METADATA_INTENT)
            if about and example.get(INTENT) not in kept:
                kept[example.get(INTENT)] = {**about, "routes": routes_of(training_data.responses, example.get(INTENT))}
        for urgency, name in UNSURE.items():
            kept[name] = {"urgency": urgency, "audience": "unknown", "routes": routes_of(training_data.responses, name)}
        with self._storage.write_to(self._resource) as folder:
            (folder / _MEMORY).write_text(json.dumps(kept), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, ranking, and the record of what was understood."""
        for message in messages:
            pressed = self._buttons.get(message.get(TEXT))
            if pressed:
                understood = Understood(pressed, self._answers[pressed].urgency, "", True, 1.0)
                ranking = [(pressed, 1.0)]
            else:
                scores = message.get(SCORES)
                ranking = sorted(scores.topic.items(), key=lambda item: -item[1])
                understood = self.decide(scores, message.get(FOUND) or [], message.get(NAMED) or "", message.get(SAID) or ())
                understood = in_language(understood, message.get(HEARD))
            name = understood.topic
            ranking = [(topic, score) for topic, score in ranking if topic != name]
            listed = [
                {"name": name, "confidence": understood.confidence},
                *({"name": t, "confidence": s} for t, s in ranking[:9]),
            ]
            message.set(INTENT, listed[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, listed, add_to_output=True)
            message.set(KEY, understood.as_dict(), add_to_output=True)
        return messages

    def decide(self, scores: Scores, patterns: Sequence[Pattern], service: str, said: Collection[str] = ()) -> Understood:
        """Return what was understood from `scores`, the safety `patterns` found (most urgent first) and the `service` named ('': none).

        `said`: the audiences that the message says are asking.
        """
        if self._best is None:
            raise ValueError("The model knows no answers. Run make train.")
        part = self._dangerous_part(scores)
        told = together(part, scores) if part else scores
        if patterns and self._plainly_calm(scores):
            patterns = []
        net = patterns[0] if patterns else None
        topics = self._of_topics(told)
        urgency = self._urgency(told, topics, net, part is not None)
        topics = self._with_patterns(topics, [pattern for pattern in patterns if net and pattern.urgency == net.urgency])
        said = self._believed(said, scores, urgency)
        topics = self._plain_choices(topics, said)
        choice = self._best(topics, self._audiences(scores, topics, net, said), urgency, self._config["sure"])
        audience = self._who_asks(choice, scores, said)
        who = 1.0 if {audience} == set(said) else min(round(scores.audience.get(audience, 0.0), 4), _NEVER_OUTRIGHT)
        near = sorted(
            ((topics[place], name) for place, name in enumerate(self._topics) if self._offered(name, audience, who)), reverse=True
        )
        return Understood(
            topic=choice.topic,
            urgency=self._answers[choice.topic].urgency,
            audience="" if audience == "unknown" else audience,
            sure=choice.topic not in UNSURE.values(),
            confidence=round(choice.confidence, 4),
            close=tuple(name for likely, name in near[: _CLOSE + 1] if name != choice.topic and likely >= self._config["near"])[:_CLOSE],
            pattern=net.name if net and net.urgency == urgency else "",
            service=service,
            who=who,
            adult="young_person" in ruled_out(said),
        )

    def _believed(self, said: Collection[str], scores: Scores, urgency: str) -> Collection[str]:
        """Who the message says is asking; nobody where it tells of danger as plainly a child does: the words may be somebody else's.

        An age is nobody else's.
        """
        a_child_tells = urgency in (_EMERGENCY, _WORRIED) and scores.audience.get("young_person", 0.0) >= self._config["told"]
        return () if a_child_tells and not CHILDREN.issuperset(said) and set(said) != ADULTS else said

    def _who_asks(self, choice: Choice, scores: Scores, said: Collection[str]) -> str:
        """The audience that the answer is for; where the message does not tell it plainly, whoever usually asks about the topic it names.

        What a child usually asks is then a child's, but what an adult usually asks is no reason to take a child for one. No adult's work,
        past or own behaviour is read into half-sure words about a young person's subject, named or not. Whoever says who they are is
        answered as that.
        """
        usual, told = self._answers[choice.topic].audience, max(scores.audience.values())
        named = choice.confidence >= self._config["named"] and told < self._config["told"]
        half_sure = choice.audience in _KINDS_OF_ADULT and told < self._config["half_told"]
        if usual == "unknown" or usual in ruled_out(said):
            return choice.audience
        if usual in CHILDREN:
            return usual if named or half_sure else choice.audience
        return usual if named and choice.audience not in CHILDREN else choice.audience

    def _plain_choices(self, topics: Array, said: Collection[str]) -> Array:
        """The topics' probabilities without each choice of an audience that is not plain: what is chosen stays for the whole conversation.

        "im at my nans" and "hes a teacher" look like one.
        """
        plain = topics.copy()
        for place, name in enumerate(self._topics):
            if name.startswith(_CHOICE) and name.removeprefix(_CHOICE) not in said and (said or topics[place] < self._config["choice"]):
                plain[place] = 0.0
        return plain

    def _offered(self, topic: str, audience: str, who: float) -> bool:
        """Whether `topic` may be a button for `audience`, told with `who`: no adult's topic for a child, nor what few ask for others."""
        usual = self._answers[topic].audience
        if usual in (audience, "unknown") or who < self._config["half_told"]:
            return True
        return usual in CHILDREN if audience in CHILDREN else usual not in _OF_FEW

    def _of_topics(self, scores: Scores) -> Array:
        return np.array([scores.topic.get(name, 0.0) for name in self._topics], dtype=np.float32)

    def _likely_urgencies(self, scores: Scores, topics: Array) -> Array:
        """Probability of each urgency: mostly what the likely topics say, the rest what the urgency question says."""
        share = self._config["topics_share"]
        asked = np.array([scores.urgency.get(name, 0.0) for name in URGENCIES], dtype=np.float32)
        return share * self._best.urgencies(topics) + (1 - share) * asked if self._best else asked

    def _calmest(self, topics: Array) -> float:
        """How likely the likeliest topic is, where it is a calm one; else 0."""
        likeliest = int(topics.argmax())
        return 0.0 if self._answers[self._topics[likeliest]].urgency in (_EMERGENCY, _WORRIED) else float(topics[likeliest])

    def _plainly_calm(self, scores: Scores) -> bool:
        """Whether a calm topic is all but certain and danger all but ruled out, in the whole message and in each of its parts.

        Then a pattern has found its words in another sense ('how do i lock her tablet'). Nothing else silences a pattern.
        """
        for told in (scores, *scores.parts):
            topics = self._of_topics(told)
            if self._calmest(topics) < self._config["calm"] or self._likely_urgencies(told, topics)[0] > 1 - self._config["calm"]:
                return False
        return True

    def _dangerous_part(self, scores: Scores) -> Scores | None:
        """The part of a long story that tells of danger, where one plainly does."""
        danger = [self._danger_of(part) for part in scores.parts]
        calm = self._calmest(self._of_topics(scores)) >= self._config["calm_story"]
        if danger and max(danger) >= self._config["danger_in_calm" if calm else "danger_in_part"]:
            return scores.parts[danger.index(max(danger))]
        return None

    def _danger_of(self, part: Scores) -> float:
        """How likely danger is in a part of a story; none where the likeliest topic is a calm one, since parts say little and are many."""
        topics = self._of_topics(part)
        return 0.0 if self._calmest(topics) else float(self._likely_urgencies(part, topics)[0])

    def _urgency(self, scores: Scores, topics: Array, net: Pattern | None, in_part: bool) -> str:
        """The calmest urgency that is allowed: what a pattern, a part of the message or the whole of it reaches."""
        likely = self._likely_urgencies(scores, topics)
        danger = likely[0] >= max(self._config["danger"], self._calmest(topics))
        if in_part or danger or (net and net.urgency == _EMERGENCY):
            return _EMERGENCY
        if (net and net.urgency == _WORRIED) or likely[0] + likely[1] >= self._config["worry"]:
            return _WORRIED
        return URGENCIES[-1]

    def _with_patterns(self, topics: Array, patterns: Sequence[Pattern]) -> Array:
        """The topics' probabilities with a share given to the subjects of the patterns found."""
        subjects = [self._topics.index(pattern.topic) for pattern in patterns if pattern.topic in self._topics]
        if not subjects:
            return topics
        share = self._config["pattern_share"]
        mixed: Array = topics * (1 - share)
        for subject in subjects:
            mixed[subject] += share / len(subjects)
        return mixed

    def _audiences(self, scores: Scores, topics: Array, net: Pattern | None, said: Collection[str]) -> Array:
        """Who asks: what the words tell where they tell it plainly, else in equal parts with the topics' usual audiences.

        Nobody only when that is plain. Whoever is said to ask gets the share of those whom that rules out.
        """
        likely = np.array([scores.audience.get(name, 0.0) for name in AUDIENCES], dtype=np.float32)
        if self._best and likely.max() < self._config["told"]:
            likely = (likely + self._best.audiences(topics)) / 2
        if net and net.audience in AUDIENCES:
            likely[AUDIENCES.index(net.audience)] += 0.5
        if likely[AUDIENCES.index("unknown")] < self._config["nobody"]:
            likely[AUDIENCES.index("unknown")] = 0
        if said:
            others = np.isin(AUDIENCES, sorted(ruled_out(said)))
            likely[np.isin(AUDIENCES, sorted(said))] += likely[others].sum() / len(said)
            likely[others] = 0
        return np.asarray(likely / max(float(likely.sum()), 1e-9), dtype=np.float32)
