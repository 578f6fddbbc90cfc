"""Keys are made once, kept private, and told apart from everything else."""

import subprocess
import sys
from pathlib import Path

import pytest

from recordings_pipeline.core.audit.keeping import Keeping, keeping_from
from recordings_pipeline.core.errors import ConfigurationError
from recordings_pipeline.core.secrets import Secret
from recordings_pipeline.storage.audit.keys import (
    is_signed,
    own_key,
    public_pem,
    read_public_keys,
    signing_key,
    usual_file,
)
from tests.storage.conftest import run_at_once

SEED = "1f" * 32
MAKER = """
import sys
from pathlib import Path
from recordings_pipeline.core.audit.keeping import Keeping
from recordings_pipeline.storage.audit.keys import signing_key
print("ready", flush=True)
sys.stdin.read()
signing_key(Keeping(Path(sys.argv[1])))
"""


def test_a_key_is_made_on_first_use_and_then_kept(tmp_path: Path) -> None:
    keeping = Keeping(tmp_path / "folder" / "key.pem")

    assert own_key(keeping) is None
    assert signing_key(keeping).id == signing_key(keeping).id
    assert own_key(keeping) is not None


def test_several_processes_that_need_a_key_at_once_make_one(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "key.pem"

    assert run_at_once([sys.executable, "-c", MAKER, str(path)], 4) == [0] * 4
    assert list(path.parent.iterdir()) == [path]


def test_a_key_may_come_in_a_variable_as_its_seed_or_as_pem(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    made = signing_key(Keeping(path))

    assert signing_key(Keeping(Secret(path.read_text()))).id == made.id
    assert signing_key(Keeping(Secret(SEED))).id != made.id
    path.write_text(SEED)
    assert signing_key(Keeping(path)).id == signing_key(Keeping(Secret(SEED))).id


def test_without_a_variable_the_key_is_that_of_the_person() -> None:
    assert usual_file().name == "ed25519.pem"
    assert usual_file().parts[-3:-1] == ("recordings-pipeline", "audit")


@pytest.mark.parametrize("text", ["", "1f" * 31, "no key", "zz" * 32])
def test_what_is_no_key_is_a_sentence_that_does_not_quote_it(text: str, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text(text)
    path.chmod(0o600)

    with pytest.raises(ConfigurationError) as caught:
        signing_key(Keeping(path))

    assert caught.value.variable == "RECORDINGS_AUDIT_KEY_FILE"
    assert text[:6] not in str(caught.value) or not text


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    signing_key(Keeping(path))
    path.chmod(0o640)

    with pytest.raises(ConfigurationError, match=f"chmod 600 {path}"):
        signing_key(Keeping(path))


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigurationError, match="RECORDINGS_AUDIT_KEY_FILE cannot be used"):
        signing_key(Keeping(tmp_path / "file" / "key.pem"))


def test_a_private_key_is_not_taken_for_a_public_one(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    signing_key(Keeping(path))

    with pytest.raises(ConfigurationError, match="holds no public Ed25519 key"):
        read_public_keys([path], "--key")
    with pytest.raises(ConfigurationError, match="No such file"):
        read_public_keys([tmp_path / "none"], "--key")


def test_a_signature_is_of_one_key_and_one_text(tmp_path: Path) -> None:
    one, other = (signing_key(Keeping(tmp_path / name)) for name in ("one", "other"))
    keys = {one.id: one.public, other.id: other.public}
    signature = one.sign(b"text")

    assert is_signed(keys, one.id, b"text", signature)
    assert not is_signed(keys, other.id, b"text", signature)
    assert not is_signed(keys, one.id, b"texts", signature)
    assert not is_signed(keys, "unknown", b"text", signature)
    assert not is_signed(keys, one.id, b"text", "no hex")
    assert not is_signed(keys, one.id, b"text", "")


def test_openssl_reads_the_key_and_agrees_with_the_signature(tmp_path: Path) -> None:
    key = signing_key(Keeping(tmp_path / "key.pem"))
    (tmp_path / "public.pem").write_bytes(public_pem(key.public))
    (tmp_path / "text").write_bytes(b"text")
    (tmp_path / "signature").write_bytes(bytes.fromhex(key.sign(b"text")))
    command = "openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in text -sigfile signature"

    found = subprocess.run(
        command.split(), cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert "Signature Verified Successfully" in found.stdout


def test_a_key_is_named_once() -> None:
    with pytest.raises(ConfigurationError, match="are both set: keep one"):
        keeping_from({"RECORDINGS_AUDIT_KEY": SEED, "RECORDINGS_AUDIT_KEY_FILE": "x"})
    assert keeping_from({}) == Keeping()
    assert SEED not in repr(keeping_from({"RECORDINGS_AUDIT_KEY": SEED}))
