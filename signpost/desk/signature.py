"""The signature of a model file (Ed25519): loading a model runs what is in it, so only one that we trained is loaded.

The private key signs at `make train`: from SIGNPOST_SIGNING_KEY (64 hexadecimal digits), else from `.keys/`, made at the first train.
The public key checks at the start: from SIGNPOST_PUBLIC_KEY, else from `.keys/`. A server needs the public one only.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA512, Hash

SIGNING_NAME, PUBLIC_NAME = "SIGNPOST_SIGNING_KEY", "SIGNPOST_PUBLIC_KEY"
KEYS = Path(".keys")
_PRIVATE, _PUBLIC = "signing.key", "public.key"
_PURPOSE = b"signpost model 1\n"  # no signature made for anything else passes for a model's
_CHUNK = 1 << 20


class SignatureFault(ValueError):
    """A model must not be loaded, or a key cannot be used. The message is one sentence that says why and what to do."""


def sign(model: Path, environment: Mapping[str, str] = os.environ, keys: Path = KEYS) -> Path:
    """Write the signature of `model` beside it, and the public key into `keys`; return its path. Raises SignatureFault, OSError."""
    key = _signing_key(environment, keys)
    path = _signature_of(model)
    path.write_text(key.sign(_PURPOSE + _digest(model)).hex() + "\n", encoding="ascii")
    return path


def verify(model: Path, environment: Mapping[str, str] = os.environ, keys: Path = KEYS) -> None:
    """Return when `model` is as it was signed. Raises SignatureFault when it is not, or when there is no signature or key."""
    if not model.is_file():
        raise SignatureFault(f"{model} is missing or damaged: run make train.")
    signature = _signature_of(model)
    if not signature.is_file():
        raise SignatureFault(f"{model} is not signed ({signature} is missing): run make train, or copy the signature with the model.")
    try:
        _public_key(environment, keys).verify(bytes.fromhex(signature.read_text(encoding="ascii")), _PURPOSE + _digest(model))
    except SignatureFault:
        raise
    except (OSError, ValueError, InvalidSignature) as fault:
        raise SignatureFault(
            f"{model} is damaged, or not the model that was signed: run make train, or copy it and {signature} anew."
        ) from fault


def _signature_of(model: Path) -> Path:
    return model.with_name(f"{model.name}.sig")


def _digest(model: Path) -> bytes:
    digest = Hash(SHA512())
    with model.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.finalize()


def _signing_key(environment: Mapping[str, str], keys: Path) -> Ed25519PrivateKey:
    if SIGNING_NAME in environment:
        return Ed25519PrivateKey.from_private_bytes(_key_bytes(environment[SIGNING_NAME], SIGNING_NAME))
    path = keys / _PRIVATE
    if not path.exists():
        _make_keys(keys)
    return Ed25519PrivateKey.from_private_bytes(_key_bytes(path.read_text(encoding="ascii"), str(path)))


def _make_keys(keys: Path) -> None:
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    with os.fdopen(os.open(keys / _PRIVATE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(key.private_bytes_raw().hex() + "\n")
    (keys / _PUBLIC).write_text(key.public_key().public_bytes_raw().hex() + "\n", encoding="ascii")


def _public_key(environment: Mapping[str, str], keys: Path) -> Ed25519PublicKey:
    if PUBLIC_NAME in environment:
        return Ed25519PublicKey.from_public_bytes(_key_bytes(environment[PUBLIC_NAME], PUBLIC_NAME))
    if SIGNING_NAME in environment:
        return _signing_key(environment, keys).public_key()
    path = keys / _PUBLIC
    if not path.exists():
        raise SignatureFault(
            f"No public key is known to check the model with: set {PUBLIC_NAME}, or run make train here, which makes {path}."
        )
    return Ed25519PublicKey.from_public_bytes(_key_bytes(path.read_text(encoding="ascii"), str(path)))


def _key_bytes(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise SignatureFault(f"{where} holds no key: 64 hexadecimal digits are needed.")
    return key
