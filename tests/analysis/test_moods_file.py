"""A model file that is not whole, not ours or changed is refused with a reason."""

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from analysis import modelfile
from analysis.moods import ModelError, MoodModel


@pytest.fixture(scope="module")
def whole() -> bytes:
    return modelfile.SHIPPED.read_bytes()


def refused(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "moods.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError) as error:
        MoodModel.load(path)
    return str(error.value)


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
    with pytest.raises(ModelError, match="chengqing train"):
        MoodModel.load(tmp_path / "none.npz")


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
    assert "format 99" in refused(tmp_path, file.getvalue())


def test_arrays_that_do_not_fit(tmp_path: Path, whole: bytes) -> None:
    arrays = dict(np.load(io.BytesIO(whole)))
    arrays["table"] = arrays["table"][:1000]
    del arrays["checksum"]
    proof = np.frombuffer(bytes.fromhex(modelfile.checksum(arrays)), dtype=np.uint8)
    assert "fit together" in refused(
        tmp_path, rewritten(whole, table=arrays["table"], checksum=proof)
    )


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("/tmp/chengqing-must-not-exist"),)  # type: ignore[return-value]


def test_no_code_runs_from_a_file(tmp_path: Path) -> None:
    bomb = np.array([Bomb()], dtype=object)
    file = io.BytesIO()
    np.savez(file, about=bomb)
    refused(tmp_path, file.getvalue())
    refused(tmp_path, pickle.dumps(Bomb()))
    assert not Path("/tmp/chengqing-must-not-exist").exists()


def test_unpacks_to_more_than_a_model(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("table.npy", bytes(modelfile.LARGEST + 1))
    assert "more than any model" in refused(tmp_path, file.getvalue())
