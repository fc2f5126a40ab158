"""A model that is not the one we trained is not loaded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from signpost.desk.run import NotReady, check_model_and_settings
from signpost.desk.signature import PUBLIC_NAME, SIGNING_NAME, SignatureFault, sign, verify
from tests.conftest import MODEL


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.tar.gz"
    path.write_bytes(b"a model" * 1000)
    sign(path, {}, tmp_path / "keys")
    return path


def check(model: Path, **environment: str) -> None:
    verify(model, environment, model.parent / "keys")


def test_a_signed_model_passes_and_the_private_key_is_private(model: Path) -> None:
    check(model)
    assert (model.parent / "keys" / "signing.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("place", [0, 3500, 6999])
def test_one_altered_bit_is_refused(model: Path, place: int) -> None:
    content = bytearray(model.read_bytes())
    content[place] ^= 1
    model.write_bytes(content)
    with pytest.raises(SignatureFault, match="not the model that was signed"):
        check(model)


def test_a_longer_or_shorter_model_is_refused(model: Path) -> None:
    for changed in (b"", b"a model" * 1001):
        model.write_bytes(changed)
        with pytest.raises(SignatureFault):
            check(model)


def test_no_signature_or_a_broken_one_is_refused(model: Path) -> None:
    signature = model.with_name("model.tar.gz.sig")
    for broken in ("", "no hex", "00" * 64):
        signature.write_text(broken, encoding="ascii")
        with pytest.raises(SignatureFault):
            check(model)
    signature.unlink()
    with pytest.raises(SignatureFault, match="not signed"):
        check(model)


def test_the_signature_of_another_key_is_refused(model: Path, tmp_path: Path) -> None:
    sign(model, {SIGNING_NAME: "07" * 32}, tmp_path / "none")
    check(model, **{SIGNING_NAME: "07" * 32})
    with pytest.raises(SignatureFault, match="not the model that was signed"):
        check(model)
    assert not (tmp_path / "none").exists(), "a key from the environment is written nowhere"


def test_a_server_needs_the_public_key_only(model: Path) -> None:
    public = (model.parent / "keys" / "public.key").read_text(encoding="ascii")
    shutil.rmtree(model.parent / "keys")
    check(model, **{PUBLIC_NAME: public})
    with pytest.raises(SignatureFault, match="No public key"):
        check(model)
    with pytest.raises(SignatureFault, match=PUBLIC_NAME):
        check(model, **{PUBLIC_NAME: "abc"})


def test_the_start_refuses_an_altered_model_in_one_sentence(tmp_path: Path) -> None:
    copy = tmp_path / "signpost.tar.gz"
    shutil.copy(MODEL, copy)
    with pytest.raises(NotReady, match="not signed") as fault:
        check_model_and_settings(copy)
    assert "\n" not in str(fault.value)
    shutil.copy(MODEL.with_name("signpost.tar.gz.sig"), tmp_path / "signpost.tar.gz.sig")
    check_model_and_settings(copy)
    with copy.open("ab") as file:
        file.write(b"\0")
    with pytest.raises(NotReady, match="not the model that was signed"):
        check_model_and_settings(copy)
