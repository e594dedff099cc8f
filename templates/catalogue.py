"""The one catalogue of user-facing text: Chinese first, English second.

Texts lie in ``templates/texts/<room>.toml``; a key is ``room.name`` and each entry holds ``zh``
and ``en`` with the same ``{placeholders}`` (``str.format`` syntax).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]

FOLDER = Path(__file__).parent
TEXTS = FOLDER / "texts"


class MissingTextError(LookupError):
    """A key that the catalogue does not hold: a slip of ours, never of the user."""


@cache
def entries() -> Mapping[str, Mapping[Language, str]]:
    """Read every text once: ``{"room.name": {"zh": …, "en": …}}``."""
    found: dict[str, Mapping[Language, str]] = {}
    for path in sorted(TEXTS.glob("*.toml")):
        with path.open("rb") as file:
            for name, words in tomllib.load(file).items():
                found[f"{path.stem}.{name}"] = words
    return found


def say(key: str, language: Language = "zh", /, **values: object) -> str:
    """Return the text of ``key`` in ``language`` with ``values`` filled in.

    Raises:
        MissingTextError: the catalogue has no such key.
    """
    try:
        words = entries()[key]
    except KeyError as error:
        raise MissingTextError(key) from error
    return words[language].format_map(_filled(values, language))


def _filled(values: Mapping[str, object], language: Language) -> dict[str, object]:
    """Join lists the way the language writes them, so that callers need not."""
    joint = "、" if language == "zh" else ", "
    return {
        name: joint.join(map(str, value)) if isinstance(value, (list, tuple)) else value
        for name, value in values.items()
    }
