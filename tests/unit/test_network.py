"""The network: learns what can be learned, the same each time, and comes back from the disk as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from signpost.understanding.network import Learning, Network
from signpost.understanding.three_questions import AUDIENCE, TOPIC, URGENCY, Networks, Scores, heard_alike, together

HOW = Learning(hidden=32, steps=400, batch=32, rate=0.01, dropped=0.2, dropped_input=0.0, shares={"size": 0.5})
DRAW = np.random.default_rng(3)
FEATURES = DRAW.normal(size=(240, 6)).astype(np.float32)
ANSWERS = {
    "side": ["left" if row[0] < 0 else "right" for row in FEATURES],
    "size": ["small" if row[1] * row[2] < 0 else "large" for row in FEATURES],  # no straight line parts these
}


@pytest.fixture(scope="module")
def network() -> Network:
    return Network.learned(FEATURES, ANSWERS, HOW)


def right(network: Network, question: str) -> float:
    labels = np.array(network.heads[question].labels)
    return float(np.mean(labels[network(FEATURES)[question].argmax(axis=1)] == np.array(ANSWERS[question])))


def test_it_learns_both_questions_at_once(network: Network) -> None:
    assert right(network, "side") > 0.9
    assert right(network, "size") > 0.85


def test_each_row_of_each_question_adds_up_to_one(network: Network) -> None:
    for odds in network(FEATURES).values():
        assert np.allclose(odds.sum(axis=1), 1, atol=1e-5)


def test_learning_again_gives_the_same_network(network: Network) -> None:
    again = Network.learned(FEATURES, ANSWERS, HOW)
    assert np.allclose(again(FEATURES)["size"], network(FEATURES)["size"], atol=1e-4)


def test_a_question_that_does_not_count_is_not_learned() -> None:
    deaf = Network.learned(FEATURES, ANSWERS, replace(HOW, shares={"size": 0.0}))
    assert right(deaf, "size") < 0.8 < right(deaf, "side")


def test_it_comes_back_from_the_disk_as_it_was(network: Network, tmp_path: Path) -> None:
    network.save(tmp_path)
    loaded = Network.load(tmp_path)
    for question, odds in network(FEATURES).items():
        assert np.array_equal(loaded(FEATURES)[question], odds)
        assert loaded.heads[question].labels == network.heads[question].labels


def test_a_part_and_its_whole_count_half_each() -> None:
    part = Scores({"a": 1.0}, {"emergency": 1.0}, {"friend": 1.0})
    whole = Scores({"a": 0.5, "b": 0.5}, {"information": 1.0}, {"friend": 1.0})
    assert together(part, whole) == Scores({"a": 0.75, "b": 0.25}, {"emergency": 0.5, "information": 0.5}, {"friend": 1.0})


def test_an_example_counts_as_much_as_is_said() -> None:
    answers = {"side": ["left" if row[0] < 0 and place % 4 else "right" for place, row in enumerate(FEATURES)]}  # one left in four is wrong
    doubtful = np.array([place % 4 == 0 for place in range(len(FEATURES))])
    left = FEATURES[:, 0] < -0.5

    def taken_for_left(counting: np.ndarray) -> float:
        network = Network.learned(FEATURES, answers, replace(HOW, shares={}), counting.astype(np.float32))
        return float(np.mean(network(FEATURES[left])["side"].argmax(axis=1) == network.heads["side"].labels.index("left")))

    assert taken_for_left(np.where(doubtful, 0.0, 1.0)) > 0.95
    assert taken_for_left(np.where(doubtful, 10.0, 1.0)) < 0.3


def test_each_asker_of_a_topic_is_heard_alike_up_to_ten_times() -> None:
    topics, askers = ["a"] * 6 + ["b"] * 41, ["child"] * 4 + ["parent"] * 2 + ["parent"] * 40 + ["child"]
    counting = heard_alike(topics, askers)
    assert counting.tolist() == [1.0] * 4 + [2.0] * 2 + [1.0] * 40 + [10.0]


def test_who_asks_is_heard_against_the_topics_usual_asker(tmp_path: Path) -> None:
    said = FEATURES[:, 3] > 1.4  # the few who say that they are somebody else
    topics = ["left" if row[0] < 0 else "right" for row in FEATURES]
    usual = ["child" if topic == "left" else "parent" for topic in topics]
    other = {"child": "parent", "parent": "child"}
    askers = [other[who] if odd else who for who, odd in zip(usual, said, strict=True)]
    answers = {TOPIC: topics, URGENCY: ["information"] * len(topics), AUDIENCE: askers}
    settings = {"hidden": 32, "steps": 400, "batch": 32, "rate": 0.01, "dropped": 0.2, "dropped_input": 0.0, "asker": {"shares": {}}}
    networks = Networks.learned(FEATURES, answers, settings)
    networks.save(tmp_path)
    asked = Networks.load(tmp_path).named(FEATURES)
    taken = np.array([max(odds, key=odds.__getitem__) for odds in asked[AUDIENCE]])
    assert (taken == np.array(askers))[said].mean() > 0.8
    assert set(asked) == {TOPIC, URGENCY, AUDIENCE}
    assert np.allclose([sum(odds.values()) for odds in asked[AUDIENCE]], 1, atol=1e-5)
