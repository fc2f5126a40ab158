"""Sentence vectors of the examples, kept from one training to the next: an operator who edits a topic waits for the new examples alone.

Kept beside Rasa's own cache of training, by a hash of the text and of the code that made them. Nothing that a person typed comes here:
a running assistant neither reads nor writes it.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rasa.engine.caching import CACHE_LOCATION_ENV, DEFAULT_CACHE_LOCATION

Vectors = npt.NDArray[np.float32]

_NAME = "sentence_vectors.npz"


def vectors_of_examples(encode: Callable[[list[str]], Vectors], texts: list[str], made_by: str, folder: Path | None = None) -> Vectors:
    """Return `encode(texts)`, one row a text, asking `encode` only for texts that the last training did not have.

    `made_by`: fingerprint of what `encode` is made from; another one forgets all. `folder`: where they are kept, by default where Rasa
    keeps its cache. A file that is missing or broken counts as empty.
    """
    file = (folder or Path(os.environ.get(CACHE_LOCATION_ENV, DEFAULT_CACHE_LOCATION))) / _NAME
    keys = [hashlib.sha256(f"{made_by}\n{text}".encode()).hexdigest() for text in texts]
    kept = _kept(file)
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in kept}
    if new:
        kept |= dict(zip(new, encode(list(new.values())), strict=True))
        file.parent.mkdir(parents=True, exist_ok=True)
        now = sorted(set(keys))
        np.savez(file, keys=np.array(now), vectors=np.stack([kept[key] for key in now]))
    return np.stack([kept[key] for key in keys]) if keys else encode([])


def _kept(file: Path) -> dict[str, Vectors]:
    try:
        with np.load(file, allow_pickle=False) as arrays:
            return dict(zip(arrays["keys"].tolist(), arrays["vectors"], strict=True))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return {}
