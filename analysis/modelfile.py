"""Model files: plain arrays and JSON in an npz, with a checksum; never code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.layers import MOST, Layers
from analysis.mood import MOODS, Mood
from analysis.nets import LARGEST as LARGEST_NUMBER
from analysis.nets import NUMBERS, VOICES, WIDE
from analysis.reason import Reason

SHIPPED = Path(__file__).parent / "models" / "moods.npz"
#: Raised with every change of what the arrays mean.
FORMAT = 5
#: No honest model comes near it, in bytes.
LARGEST = 64 * 1024 * 1024

#: Log-odds, and what a step of them is worth, lie within; no honest model comes near it.
MOST_ODDS = 1e6
#: Arrays with one number a mood, and between what it lies.
PER_MOOD = {"bias": (-MOST_ODDS, MOST_ODDS), "prevalence": (0.0, 1.0), "scatter": (0.0, 1.0)}
#: More would be read too slowly; sums stay exact far beyond.
MOST_UNITS = 256

#: What the layers are made of.
KINDS = {
    "marks": np.uint8,
    "table": np.int8,
    "hidden": np.int8,
    "context": np.int16,
    "start": np.int32,
    "heads": np.int16,
    "scale": np.float64,
}

_Arrays = dict[str, NDArray[Any]]


class ModelError(Exception):
    """A model that cannot be trusted.

    Attributes:
        why: the sentence for people: which file, what is wrong with it and what to do.
    """

    def __init__(self, name: str, path: object, **values: object) -> None:
        super().__init__(f"{path}: {name}; `chengqing doctor` says what to do")
        self.why = Reason(f"signals.model_{name}", {"path": path, **values})


def write(path: Path, fields: Mapping[str, Any]) -> None:
    """Write what ``MoodModel`` is made of, all or nothing."""
    arrays: _Arrays = vars(fields["layers"]) | {name: fields[name] for name in PER_MOOD}
    about = {
        "format": FORMAT,
        "thresholds": {mood.value: fields["thresholds"][mood] for mood in MOODS},
        "notes": fields["notes"],
    }
    arrays["about"] = np.frombuffer(json.dumps(about, sort_keys=True).encode(), dtype=np.uint8)
    arrays["checksum"] = np.frombuffer(bytes.fromhex(checksum(arrays)), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    with draft.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    draft.replace(path)


def read(path: Path) -> dict[str, Any]:
    """Read the fields of ``MoodModel``.

    Raises:
        ModelError: the file is missing, truncated, of another format or was changed.
    """
    arrays = _open(path)
    kept = bytes(arrays.pop("checksum", np.zeros(0, np.uint8)).tobytes()).hex()
    if checksum(arrays) != kept:
        raise ModelError("changed", path)
    about = _about(arrays)
    if about.get("format") != FORMAT:
        raise ModelError("format", path, format=about.get("format"), known=FORMAT)
    _check(path, arrays, about)
    return {
        "version": kept[:12],
        "layers": Layers(**{name: np.ascontiguousarray(arrays[name]) for name in KINDS}),
        **{name: arrays[name] for name in PER_MOOD},
        "thresholds": {Mood(name): float(at) for name, at in about["thresholds"].items()},
        "notes": about["notes"],
    }


def checksum(arrays: _Arrays) -> str:
    """Return the SHA-256 of names, types, shapes and bytes."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _about(arrays: _Arrays) -> Mapping[str, Any]:
    """Return what a file says of itself; nothing where that cannot be read."""
    try:
        about = json.loads(arrays["about"].tobytes())
    except (KeyError, ValueError, RecursionError):
        return {}
    return about if isinstance(about, dict) else {}


def _open(path: Path) -> _Arrays:
    """Read the arrays of a file, never a pickle."""
    try:
        if path.stat().st_size > LARGEST:
            raise ModelError("large", path)
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            if sum(part.file_size for part in archive.zip.infolist()) > LARGEST:
                raise ModelError("large", path)
            return {name: np.asarray(archive[name]) for name in archive.files}
    except FileNotFoundError as error:
        raise ModelError("missing", path) from error
    except ModelError:
        raise
    except Exception as error:
        # What a damaged archive makes zipfile, zlib and NumPy raise has no end, and NumPy's own
        # words on a pickle tell how to run it.
        cause = getattr(error, "strerror", None) or type(error).__name__
        raise ModelError("damaged", path, cause=cause) from error


def _check(path: Path, arrays: _Arrays, about: Mapping[str, Any]) -> None:
    """Refuse arrays that do not belong together, though their checksum is right."""
    thresholds = about.get("thresholds")
    whole = (
        _belong(arrays)
        and all(_numbers(arrays.get(name), *between) for name, between in PER_MOOD.items())
        and isinstance(thresholds, dict)
        and set(thresholds) == {mood.value for mood in MOODS}
        and all(isinstance(at, float) and isfinite(at) for at in thresholds.values())
        and isinstance(about.get("notes"), dict)
    )
    if not whole:
        raise ModelError("unfit", path)


def _belong(arrays: _Arrays) -> bool:
    """Say whether these arrays are the layers of one network."""
    if any(name not in arrays or arrays[name].dtype != kind for name, kind in KINDS.items()):
        return False
    places, units = arrays["table"].size // NUMBERS, arrays["start"].size
    wanted = {
        "marks": (places,),
        "table": (places, NUMBERS),
        "hidden": (WIDE, units),
        "context": (WIDE, units),
        "start": (units,),
        "heads": (NUMBERS + 2 * units, len(MOODS)),
        "scale": (3, len(MOODS)),
    }
    fits = all(arrays[name].shape == shape for name, shape in wanted.items())
    return (
        fits
        and places >= 2
        and places & (places - 1) == 0
        and units <= MOST_UNITS
        and units % VOICES == 0
        and bool((np.abs(arrays["table"].astype(np.int16)) <= LARGEST_NUMBER).all())
        and bool((np.abs(arrays["start"].astype(np.int64)) <= MOST).all())
        and bool((np.abs(arrays["scale"]) <= MOST_ODDS).all())
    )


def _numbers(values: NDArray[Any] | None, least: float, most: float) -> bool:
    """Say whether these are one number a mood, each between two bounds."""
    if values is None or values.shape != (len(MOODS),) or values.dtype != np.float64:
        return False
    return bool(((values >= least) & (values <= most)).all())
