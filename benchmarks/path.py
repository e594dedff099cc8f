"""The path of moods against the naive forecast, on recorded affairs, each left out in turn.

Run: ``python benchmarks/path.py STREAMS``. Asked every hour in which hostility does not lead
and data suffice: will it lead at some hour of the next day? Naive: it stays as it is.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from analysis.mood import MOODS, VOLUME, Mood
from analysis.moods import MoodModel
from analysis.path import path
from analysis.series import MoodSeries, mood_series

HOUR = timedelta(hours=1)
NEGATIVE = (Mood.ANXIETY, Mood.DOUBT, Mood.HOSTILITY)


def main() -> None:
    """Print one row an affair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("streams", type=Path)
    folder = parser.parse_args().streams
    model = MoodModel.load()
    asked = {file.stem: _asked(_load(file, model)) for file in sorted(folder.glob("*.jsonl"))}
    asked = {name: rows for name, rows in asked.items() if rows}
    print("| affair | hours asked | right | naive right | right, odds refitted without it |")
    print("|---|---|---|---|---|")
    sums = np.zeros(4)
    for name, rows in asked.items():
        others = [row for other, held in asked.items() if other != name for row in held]
        even = _even(others)
        held = np.array(rows)
        truth = held[:, 1] > 0
        right = (held[:, 0] >= 0.5) == truth
        refitted = (held[:, 0] >= even) == truth
        cells = (right.mean(), (~truth).mean(), refitted.mean())
        print(f"| {name} | {len(rows)} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |")
        sums += (len(rows), right.sum(), (~truth).sum(), refitted.sum())
    cells = sums[1:] / sums[0]
    print(f"| all | {sums[0]:.0f} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |")
    every = np.array([row for rows in asked.values() for row in rows])
    brier = ((every[:, 0] - every[:, 1]) ** 2).mean()
    base = every[:, 1].mean()
    print(f"\nBrier score {brier:.3f}; of the base rate {base:.2f} alone {base * (1 - base):.3f}")
    line = every[every[:, 2] > 0]
    print(f"A time was named in {len(line)} hours; within a day it came in {line[:, 1].sum():.0f}")
    for place, what in ((3, "Warned (the low end is even or more)"), (2, "A time was named")):
        firsts = [next((row for row in rows if row[place]), None) for rows in asked.values()]
        told = [row[1] for row in firsts if row is not None]
        print(f"{what} in {len(told)} affairs; the first time it was right in {sum(told):.0f}")


def _even(rows: list[Row]) -> float:
    """Return the chance at which to say yes that is right most often."""
    held = np.array(rows)
    cuts = np.linspace(0.2, 0.8, 61)
    return float(max(cuts, key=lambda cut: ((held[:, 0] >= cut) == (held[:, 1] > 0)).mean()))


Row = tuple[float, float, float, float]


def _asked(series: MoodSeries) -> list[Row]:
    """Return (chance, whether hostility led within a day, whether a time was named, a warning)."""
    hours = np.array([series.curve(mood).counts for mood in NEGATIVE])
    size = len(series)
    last = np.array([np.convolve(row, np.ones(3))[:size] for row in hours])
    leads = (last[2] > np.maximum(last[0], last[1])) & (last.sum(axis=0) >= 10)
    found = []
    for place in range(6, size - 24):
        if hours[:, max(0, place - 12) : place].sum() < 60:
            continue
        told = path(series, series.start + place * HOUR)
        if told.chance is not None:
            truth = bool(leads[place + 2 : place + 26].any())
            named = told.leads_at is not None
            found.append((told.chance, float(truth), float(named), float(told.warns)))
    return found


def _load(file: Path, model: MoodModel) -> MoodSeries:
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    rows = [row for row in rows if row.get("time")]
    times = [datetime.fromisoformat(row["time"]).timestamp() for row in rows]
    scores = model.read([row["text"] for row in rows])
    held: dict[str, list[tuple[float, float]]] = {VOLUME: [(at, 1.0) for at in times]}
    for mood in MOODS:
        held[mood] = [(t, 1.0) for t, s in zip(times, scores, strict=True) if mood in s.labels]
    start = datetime.fromtimestamp(min(times) // 3_600 * 3_600, UTC)
    return mood_series(held, start, datetime.fromtimestamp(max(times) + 3_600, UTC), HOUR)


if __name__ == "__main__":
    main()
