"""A recorded statement: each mood before and after, alone and against the rest of the topic.

Run: ``python benchmarks/effect.py STREAM RELEASED [--hours N]``; RELEASED is ISO 8601 with zone.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from analysis.effect import Effect, effect
from analysis.mood import MOODS, VOLUME
from analysis.moods import MoodModel
from analysis.series import Series, from_rows

HOUR = timedelta(hours=1)


def main() -> None:
    """Print one row a mood."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stream", type=Path)
    parser.add_argument("released", type=datetime.fromisoformat)
    parser.add_argument("--hours", type=int, default=24)
    given = parser.parse_args()
    curves = _curves(given.stream)
    window = given.hours * HOUR
    print("| mood | before | after | expected by its own past | expected by the rest too |")
    print("|---|---|---|---|---|")
    for mood in MOODS:
        mine = curves[mood]
        rest = Series(mine.start, HOUR, curves[VOLUME].counts - mine.counts)
        alone = effect(mine, given.released, None, window)
        against = effect(mine, given.released, rest, window)
        cells = (f"{alone.before:.0f}", f"{alone.after:.0f}", _said(alone), _said(against))
        print(f"| {mood} | " + " | ".join(cells) + " |")


def _said(found: Effect) -> str:
    name = found.why.key.split("_")[-1]
    if found.expected is None:
        return name
    return f"{found.expected:.0f} ({found.low:.0f}–{found.high:.0f}): {name}"


def _curves(path: Path) -> dict[str, Series]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    rows = [row for row in rows if row.get("time")]
    times = [datetime.fromisoformat(row["time"]).timestamp() for row in rows]
    scores = MoodModel.load().read([row["text"] for row in rows])
    start = datetime.fromtimestamp(min(times) // 3_600 * 3_600, UTC)
    end = datetime.fromtimestamp(max(times) + 3_600, UTC)
    held: dict[str, Series] = {VOLUME: from_rows(((t, 1) for t in times), start, end, HOUR)}
    for mood in MOODS:
        told = [(t, 1.0) for t, s in zip(times, scores, strict=True) if mood in s.labels]
        held[mood] = from_rows(told, start, end, HOUR)
    return held


if __name__ == "__main__":
    main()
