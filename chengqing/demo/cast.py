"""Who speaks in the demo's affair: names, followers, regions and marks of verification."""

from __future__ import annotations

import tomllib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

VoiceKind = Literal["person", "media", "government", "company"]

#: Where people without an entry in ``cast.toml`` write from.
REGIONS = (
    "江苏", "广东", "山东", "河南", "四川", "浙江", "河北", "湖南",
    "安徽", "湖北", "福建", "陕西", "辽宁", "江西", "重庆", "北京",
    "上海", "山西", "广西", "云南", "黑龙江", "天津", "贵州", "吉林",
)  # fmt: skip


@dataclass(frozen=True)
class Voice:
    """One account; ``uid`` is stable for a name."""

    name: str
    uid: int
    kind: VoiceKind = "person"
    followers: int = 0
    region: str | None = None
    verified: str | None = None
    gold: bool = False


def seed_of(text: str) -> int:
    """Return a number that is the same for the same text on every machine."""
    return zlib.crc32(text.encode())


def voice(name: str, notable: Mapping[str, Mapping[str, Any]]) -> Voice:
    """Return the account called ``name``: from the cast, else a private person of small reach."""
    seed = seed_of(name)
    plain: dict[str, Any] = {"followers": seed % 977, "region": REGIONS[seed % len(REGIONS)]}
    return Voice(name=name, uid=1_000_000_000 + seed, **(plain | dict(notable.get(name, {}))))


def read_cast(path: Path) -> Mapping[str, Mapping[str, Any]]:
    """Read the accounts that are more than a private person."""
    with path.open("rb") as file:
        return tomllib.load(file)
