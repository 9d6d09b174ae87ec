"""`kiosk trust …`: what it prints and what it ends with, for people and for programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.hardware.passport import pki
from tests.hardware.passport.pki import Signing

pytestmark = pytest.mark.usefixtures("quick_children")
ROOT = Path(__file__).resolve().parents[2]
LISTS = ROOT.parent / "shared" / "test-data" / "master-lists"
HERE = pki.certificate(Signing.ec())
LIST = pki.master_list(pki.list_signer(HERE), HERE, pki.certificate(Signing.ec(), country="HU"))


def trust(*words: str | Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "trust", *map(str, words)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr + done.stdout
    return done


def told(*words: str | Path, ends: int = 0) -> Any:
    done = trust(*words, "--json")
    assert done.returncode == ends, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def list_file(tmp_path: Path) -> Path:
    path = tmp_path / "UT.ml"
    path.write_bytes(LIST)
    return path


def test_a_list_is_imported_and_listed(tmp_path: Path, list_file: Path) -> None:
    store = tmp_path / "store"
    assert "Nothing is trusted yet" in trust("list", "--store", store).stdout
    done = trust("import", list_file, "--store", store)
    assert (done.returncode, "2 certificates from the master list of UT" in done.stdout) == (0, True)
    assert "Compare with what that state publishes" in done.stdout
    assert "Compare" not in trust("import", list_file, "--store", store).stdout
    found = told("list", "--store", store)
    assert (found["states"], found["certificates"]) == ({"HU": 1, "UT": 1}, 2)
    assert "2 certificates of 2 states" in trust("list", "--store", store).stdout


def test_the_store_is_in_the_state_directory_of_kiosk_ini(tmp_path: Path, list_file: Path) -> None:
    ini = tmp_path / "kiosk.ini"
    ini.write_text(f"[kiosk]\ndemo = yes\nstate = {tmp_path}/state\n")
    assert trust("import", list_file, "--config", ini).returncode == 0
    assert (tmp_path / "state" / "trust" / "lists" / "UT.ml").is_file()
    ini.write_text("[kiosk]\ndemo = yes\nsate = x\n")
    assert trust("list", "--config", ini).returncode == 2


def test_one_call_takes_a_list_and_what_hangs_on_it(tmp_path: Path, list_file: Path) -> None:
    revoking = tmp_path / "UT.crl"
    revoking.write_bytes(pki.revocations(HERE, 4711))
    found = told("import", revoking, list_file, "--store", tmp_path / "store")
    assert [each["kind"] for each in found] == ["master-list", "revocation-list"]


def test_what_is_refused_is_said_with_its_reason_and_ends_with_1(tmp_path: Path) -> None:
    path = tmp_path / "signer.cer"
    path.write_bytes(pki.signer(HERE).der)
    done = trust("import", path, "--store", tmp_path / "store")
    assert (done.returncode, "its issuer is not trusted" in done.stdout) == (1, True)
    (result,) = told("import", path, "--store", tmp_path / "store", ends=1)
    assert result["refused"] == "unknown-issuer"


def test_a_file_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    assert trust("import", tmp_path / "none.ml").returncode == 2
    assert trust("check", tmp_path / "none.ml").returncode == 2


def test_a_store_that_can_t_be_written_ends_with_1(tmp_path: Path, list_file: Path) -> None:
    done = trust("import", list_file, "--store", list_file)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)


def test_a_damaged_store_is_said(tmp_path: Path, list_file: Path) -> None:
    store = tmp_path / "store"
    trust("import", list_file, "--store", store)
    (store / "lists" / "UT.ml").write_bytes(b"\x30\x80")
    assert told("list", "--store", store, ends=1)["damaged"] == ["UT.ml"]


def test_it_is_checked_compared_imported_and_taken_back(tmp_path: Path, list_file: Path) -> None:
    store = tmp_path / "store"
    behind = told("check", list_file)["master_list"]["issuer_fingerprint"]
    assert behind in trust("check", list_file).stdout
    done = trust("import", list_file, "--fingerprint", "0" * 64, "--store", store)
    assert (done.returncode, "not of the certificate that was compared" in done.stdout) == (1, True)
    assert trust("import", list_file, "--fingerprint", "12:34", "--store", store).returncode == 2
    printed = ":".join(behind[at : at + 2] for at in range(0, 64, 2)).upper()
    assert trust("import", list_file, "--fingerprint", printed, "--store", store).returncode == 0
    assert behind in trust("list", "--store", store).stdout
    assert "trusted no more: master list of UT" in trust("remove", printed, "--store", store).stdout
    assert told("remove", behind, "--store", store, ends=1) == {behind: []}
    assert told("list", "--store", store)["states"] == {}


def test_a_revocation_list_is_checked_too(tmp_path: Path) -> None:
    path = tmp_path / "UT.crl"
    path.write_bytes(pki.revocations(HERE, 4711))
    found = told("check", path)
    assert (found["country"], found["revoked"]) == ("UT", 1)
    assert "a revocation list of UT: 1 revoked" in trust("check", path).stdout
    path.write_bytes(path.read_bytes()[:-20])
    assert "cut off" in told("check", path, ends=1)["error"]


def test_a_list_is_checked_without_trusting_it(tmp_path: Path, list_file: Path) -> None:
    found = told("check", list_file)
    assert [found[each] for each in ("certificates", "parse", "keys", "verify", "rest")] == [2, 2, 2, 2, []]
    assert found["master_list"]["signature"] == "holds"
    list_file.write_bytes(LIST.replace(b"Utopia", b"utopia"))
    found = told("check", list_file, ends=1)
    assert (found["master_list"]["signature"], found["master_list"]["why"]) == ("broken", "signature")
    assert found["rest"][0]["reason"] == "signature"


def test_a_list_signed_in_a_way_that_is_not_spoken_ends_with_3(list_file: Path) -> None:
    list_file.write_bytes(pki.master_list(pki.list_signer(HERE), HERE, algorithm={"algorithm": "md5_rsa"}))
    assert told("check", list_file, ends=3)["master_list"]["why"] == "unsupported"


def test_certificates_are_checked_too(tmp_path: Path) -> None:
    path = tmp_path / "UT.cer"
    path.write_bytes(HERE.der)
    assert told("check", path)["verify_by"] == {"self-signed": 1, "issuer-in-list": 0}
    path.write_bytes(b"nonsense")
    assert "error" in told("check", path, ends=1)


@pytest.mark.skipif(
    not LISTS.is_dir() and os.environ.get("CI") != "true", reason="no published lists beside the checkout"
)
@pytest.mark.parametrize(
    ("name", "count", "least"),
    [("DE_ML_2025-10-14-12-26-34.ml", 570, 553), ("NL_ML_2026-07-22.ml", 411, 411)],
)
def test_the_published_lists_are_checked(name: str, count: int, least: int) -> None:
    found = told("check", LISTS / name)
    assert (found["certificates"], found["parse"], found["keys"]) == (count, count, count)
    assert found["verify"] >= least
    assert found["verify"] + sum(group["count"] for group in found["rest"]) == count
    assert found["master_list"]["signature"] == "holds"
