"""A model file that is not whole, not ours or changed is refused with a reason."""

import io
import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from analysis import modelfile
from analysis.mood import MOODS
from analysis.moods import ModelError, MoodModel
from templates.catalogue import say


@pytest.fixture(scope="module")
def whole() -> bytes:
    return modelfile.SHIPPED.read_bytes()


def refused(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "moods.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError) as error:
        MoodModel.load(path)
    why = error.value.why
    assert str(path) in say(why.key, "zh", **why.values)
    return say(why.key, "en", **why.values)


def rewritten(whole: bytes, **changed: object) -> bytes:
    arrays = dict(np.load(io.BytesIO(whole)))
    arrays.update(changed)
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def test_shipped_model_is_small_and_reads(whole: bytes) -> None:
    assert len(whole) <= 10 * 1024 * 1024
    assert len(MoodModel.load().version) == 12


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.npz: missing") as error:
        MoodModel.load(tmp_path / "none.npz")
    assert "chengqing train" in say(error.value.why.key, "zh", **error.value.why.values)


@pytest.mark.parametrize("keep", [0, 1, 100, 0.5, 0.999])
def test_truncated(tmp_path: Path, whole: bytes, keep: float) -> None:
    size = int(keep if keep >= 1 else keep * len(whole))
    assert "whole" in refused(tmp_path, whole[:size])


def test_an_array_that_is_no_archive(tmp_path: Path) -> None:
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    assert "whole" in refused(tmp_path, file.getvalue())


def test_one_weight_changed(tmp_path: Path, whole: bytes) -> None:
    table = np.load(io.BytesIO(whole))["table"].copy()
    table[7, 1] += 1
    assert "checksum" in refused(tmp_path, rewritten(whole, table=table))


def test_other_format(tmp_path: Path) -> None:
    arrays = {"about": np.frombuffer(b'{"format": 99}', dtype=np.uint8)}
    arrays["checksum"] = np.frombuffer(bytes.fromhex(modelfile.checksum(arrays)), dtype=np.uint8)
    file = io.BytesIO()
    np.savez(file, **arrays)
    assert "format is 99" in refused(tmp_path, file.getvalue())


def test_arrays_that_do_not_fit(tmp_path: Path, whole: bytes) -> None:
    arrays = dict(np.load(io.BytesIO(whole)))
    arrays["table"] = arrays["table"][:1000]
    del arrays["checksum"]
    proof = np.frombuffer(bytes.fromhex(modelfile.checksum(arrays)), dtype=np.uint8)
    assert "fit together" in refused(
        tmp_path, rewritten(whole, table=arrays["table"], checksum=proof)
    )


def signed(whole: bytes, **changed: object) -> bytes:
    """Tampered with by someone who knows how to make the checksum."""
    arrays = dict(np.load(io.BytesIO(whole))) | changed
    arrays.pop("checksum")
    kept = {name: array for name, array in arrays.items() if array is not None}
    proof = np.frombuffer(bytes.fromhex(modelfile.checksum(kept)), dtype=np.uint8)
    file = io.BytesIO()
    np.savez(file, **kept, checksum=proof)
    return file.getvalue()


@pytest.mark.parametrize(
    "about", [None, b"", b"{", b"[]", b"null", b"\xff\xfe\xff", b"[" * 100_000]
)
def test_a_file_that_says_nothing_of_itself(
    tmp_path: Path, whole: bytes, about: bytes | None
) -> None:
    told = None if about is None else np.frombuffer(about, dtype=np.uint8)
    assert "format is None" in refused(tmp_path, signed(whole, about=told))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("thresholds", None),
        ("thresholds", "none"),
        ("thresholds", dict.fromkeys(MOODS, "0.5")),
        ("thresholds", dict.fromkeys(MOODS, float("nan"))),
        ("thresholds", {mood: [0.5] * at for at, mood in enumerate(MOODS)}),
        ("notes", "none"),
    ],
)
def test_what_a_file_says_of_itself_is_of_the_wrong_kind(
    tmp_path: Path, whole: bytes, name: str, said: object
) -> None:
    about = json.loads(np.load(io.BytesIO(whole))["about"].tobytes()) | {name: said}
    content = signed(whole, about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8))
    assert "fit together" in refused(tmp_path, content)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("table", np.int8(3)),
        ("table", np.zeros((2, 4), np.int8)),
        ("hidden", np.zeros((8, 3), np.int8)),
        ("context", None),
        ("start", np.full(64, 1 << 30, np.int32)),
        ("heads", np.zeros((8, 4), np.int16)),
        ("scale", np.full((3, 4), np.nan)),
        ("scale", np.full((3, 4), 1e308)),
        ("prevalence", np.full(4, 7.0)),
        ("bias", np.full(4, np.inf)),
        ("bias", np.array(["a", "b", "c", "d"])),
        ("scatter", np.full(4, 1j)),
        ("scatter", np.full(4, -3.0)),
        ("scatter", np.zeros(4, np.float16)),
        ("hidden", np.zeros((8, 63), np.int8)),
        ("prevalence", None),
    ],
)
def test_numbers_that_would_make_undefined_scores(
    tmp_path: Path, whole: bytes, name: str, array: object
) -> None:
    assert "fit together" in refused(tmp_path, signed(whole, **{name: array}))


def test_a_flipped_bit_of_the_archive_itself(tmp_path: Path, whole: bytes) -> None:
    encrypted, unknown, at = bytearray(whole), bytearray(whole), whole.find(b"PK\x01\x02")
    encrypted[at + 8] |= 1
    unknown[at + 10] = 99
    assert "whole" in refused(tmp_path, bytes(encrypted))
    assert "whole" in refused(tmp_path, bytes(unknown))


def test_a_header_that_cannot_be_read(tmp_path: Path) -> None:
    for header in (b"{'shape': ((((,", b"{'shape': (10000000000000,), 'descr': '|i1'}", b'"""'):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            line = header + b"\n"
            size = len(line).to_bytes(2, "little")
            archive.writestr("table.npy", b"\x93NUMPY\x01\x00" + size + line)
        assert "whole" in refused(tmp_path, file.getvalue())


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("/tmp/chengqing-must-not-exist"),)  # type: ignore[return-value]


def test_no_code_runs_from_a_file(tmp_path: Path) -> None:
    bomb = np.array([Bomb()], dtype=object)
    file = io.BytesIO()
    np.savez(file, about=bomb)
    refused(tmp_path, file.getvalue())
    assert "unsafe" not in refused(tmp_path, pickle.dumps(Bomb())), "no advice to run it"
    assert not Path("/tmp/chengqing-must-not-exist").exists()


def test_unpacks_to_more_than_a_model(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("table.npy", bytes(modelfile.LARGEST + 1))
    assert "larger than any model" in refused(tmp_path, file.getvalue())
