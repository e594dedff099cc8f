"""How soon spikes are told, how often wrongly, and how fast, against three usual rules.

Run: ``python benchmarks/spikes.py [STREAMS]`` (a folder of recorded affairs; without it only the
generated series are judged). The true start of an affair is defined in ``docs/signals.md``.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from analysis.generator import Burst, Plan, draw
from analysis.mood import MOODS, VOLUME
from analysis.moods import MoodModel
from analysis.series import Floats, MoodSeries, mood_series
from analysis.spikes import find_spikes, judge, score_points

STEP = timedelta(minutes=10)
HOUR = timedelta(hours=1)
PER, DAY = 6, 144  # buckets in an hour and a day
#: True start: twenty mentions in an hour after a day in which no hour held ten.
MANY, CALM = 20, 10
Alarms = Callable[[MoodSeries], list[int]]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("streams", nargs="?", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    given = parser.parse_args()
    speed()
    quiet(given.seeds)
    planted(given.seeds)
    if given.streams:
        recorded(given.streams)


def ours(series: MoodSeries) -> list[int]:
    """Return the buckets at which our rule tells of any curve, once a day."""
    found = find_spikes(series)
    return _apart([round((spike.at - series.start) / STEP) for spike in found])


def ratio(series: MoodSeries) -> list[int]:
    """ElastAlert's spike rule: three times the hour before, at least ten (its worked example)."""
    hour = _hour(series)
    before = np.concatenate((np.zeros(PER), hour[:-PER]))
    return _apart(np.flatnonzero((hour >= 10) & (hour >= 3 * before)).tolist())


def sigma(series: MoodSeries) -> list[int]:
    """Mean + 3 standard deviations of the hours of the last fortnight, from one day on."""
    hour, past = _hour(series), _past(series)
    mean, spread = np.nanmean(past, axis=1), np.nanstd(past, axis=1)
    return _apart(np.flatnonzero((hour >= 10) & (hour > mean + 3 * spread)).tolist())


def robust(series: MoodSeries) -> list[int]:
    """Robust z of log counts above 3.5 (Iglewicz and Hoaglin), over the same fortnight."""
    hour, past = np.log1p(_hour(series)), np.log1p(_past(series))
    middle = np.nanmedian(past, axis=1)
    spread = 1.4826 * np.nanmedian(np.abs(past - middle[:, None]), axis=1)
    z = (hour - middle) / np.maximum(spread, 0.1)
    return _apart(np.flatnonzero((_hour(series) >= 10) & (z > 3.5)).tolist())


RULES: Mapping[str, Alarms] = {
    "chengqing": ours,
    "ratio ×3": ratio,
    "mean+3σ": sigma,
    "robust z": robust,
}


def _hour(series: MoodSeries) -> Floats:
    counts = np.nan_to_num(series.curve(VOLUME).counts)
    return np.convolve(counts, np.ones(PER))[: len(counts)]


def _past(series: MoodSeries) -> Floats:
    """Return the earlier hours of a fortnight before each bucket; NaN before the first."""
    hour = _hour(series)
    padded = np.concatenate((np.full(14 * DAY, np.nan), hour))
    past = sliding_window_view(padded, 14 * DAY)[: len(hour), ::PER].copy()
    past[:DAY] = 1e9  # no verdict on the first day
    return past


def _apart(places: list[int]) -> list[int]:
    """Keep alarms a day apart, as every rule is set up in practice."""
    kept: list[int] = []
    for place in sorted(places):
        if not kept or place - kept[-1] >= DAY:
            kept.append(place)
    return kept


def speed() -> None:
    """Print points a second by width of bucket."""
    print("| bucket | points/s of CPU time |\n|---|---|")
    rng = np.random.default_rng(1)
    for step, size in ((60, 200_000), (300, 200_000), (3_600, 50_000), (86_400, 20_000)):
        times = 1.7e9 + np.arange(size) * step
        heat = 40 * step / 3_600 * np.exp(0.8 * np.sin(times / 86_400 * 2 * np.pi))
        counts = rng.poisson(heat * rng.gamma(20, 1 / 20, size)).astype(float)
        score_points(times[:1_000], counts[:1_000])
        spent = []
        for _ in range(3):
            began = time.process_time()
            score_points(times, counts)
            spent.append(time.process_time() - began)
        print(f"| {step} s | {size / min(spent):,.0f} |")


def quiet(seeds: int) -> None:
    """Print false alarms a week on generated quiet weeks, and how rarity is calibrated."""
    print("\nFalse alarms a week in quiet weeks (no history / after four weeks)\n")
    print("| mentions an hour | " + " | ".join(RULES) + " |\n|---|" + "---|" * len(RULES))
    for level in (2.0, 10.0, 40.0, 140.0, 1_000.0):
        cells = []
        for rule in RULES.values():
            weeks = [rule(draw(Plan(level=level, days=35, step=STEP), n)) for n in range(seeds)]
            young = sum(place < 7 * DAY for week in weeks for place in week) / seeds
            old = sum(place >= 28 * DAY for week in weeks for place in week) / seeds
            cells.append(f"{young:.2f} / {old:.2f}")
        print(f"| {level:g} | " + " | ".join(cells) + " |")
    print("\nShare of quiet buckets below a rarity, over that rarity (1 is calibrated)\n")
    levels = (0.1, 0.01, 0.001)
    print("| mentions an hour | " + " | ".join(map(str, levels)) + " |\n|---|---|---|---|")
    for level in (2.0, 40.0, 1_000.0):
        held = np.concatenate(
            [
                judge(draw(Plan(level=level, days=35), n).curve(VOLUME)).rarity[14 * 288 :]
                for n in range(seeds)
            ]
        )
        print(
            f"| {level:g} | " + " | ".join(f"{(held <= a).mean() / a:.2f}" for a in levels) + " |"
        )


def planted(seeds: int) -> None:
    """Print delay and misses on generated affairs of different size and pace."""
    print("\nGenerated affairs on a brand of 40 mentions an hour, after a fortnight\n")
    print("| peak an hour, rise | " + " | ".join(RULES) + " |\n|---|" + "---|" * len(RULES))
    at = timedelta(days=14.4)
    for peak, rise in ((60, 1), (150, 1), (600, 1), (150, 8), (600, 24), (2_000, 0)):
        burst = Burst(at, float(peak), rise=rise * HOUR)
        plan = replace(Plan(days=17, step=STEP), bursts=(burst,))
        cells = []
        for rule in RULES.values():
            delays = []
            for seed in range(seeds):
                alarms = rule(draw(plan, seed))
                hits = [p for p in alarms if p >= at / STEP]
                delays.append((hits[0] + 1) * STEP / HOUR - at / HOUR if hits else None)
            told = [delay for delay in delays if delay is not None and delay <= rise + 24]
            middle = f"{np.median(told):.1f} h" if told else "–"
            cells.append(f"{middle}, {seeds - len(told)} missed")
        print(f"| +{peak}, {rise} h | " + " | ".join(cells) + " |")


def recorded(folder: Path) -> None:
    """Print delay, misses and false alarms on recorded affairs."""
    model = MoodModel.load()
    print("\nRecorded affairs: starts, then told / median delay / false alarms / alarms in all\n")
    print("| stream | starts | " + " | ".join(RULES) + " |\n|---|---|" + "---|" * len(RULES))
    sums = {name: np.zeros(4) for name in RULES}
    delays: dict[str, list[float]] = {name: [] for name in RULES}
    for path in sorted(folder.glob("*.jsonl")):
        series = _load(path, model)
        starts, spans = _starts(_hour(series))
        cells = []
        for name, rule in RULES.items():
            told, late, false, total = _judged(rule(series), starts, spans)
            sums[name] += (len(starts), told, false, total)
            delays[name] += late
            middle = f"{np.median(late):.1f} h" if late else "–"
            cells.append(f"{told} / {middle} / {false} / {total}")
        print(f"| {path.stem} | {len(starts)} | " + " | ".join(cells) + " |")
    cells = []
    for name, (_, told, false, total) in sums.items():
        cells.append(f"{told:.0f} / {np.median(delays[name]):.1f} h / {false:.0f} / {total:.0f}")
    print(f"| all | {sums['chengqing'][0]:.0f} | " + " | ".join(cells) + " |")


def _judged(
    alarms: list[int], starts: list[int], spans: list[tuple[int, int]]
) -> tuple[int, list[float], int, int]:
    late = []
    for start in starts:
        hits = [place for place in alarms if start <= place < start + DAY]
        if hits:
            late.append((hits[0] + 1 - start) * STEP / HOUR)
    false = sum(not any(first <= place <= last for first, last in spans) for place in alarms)
    return len(late), late, false, len(alarms)


def _starts(hour: Floats) -> tuple[list[int], list[tuple[int, int]]]:
    """Return true starts, and from each until a day after the last busy hour."""
    starts: list[int] = []
    spans: list[tuple[int, int]] = []
    busy = np.flatnonzero(hour >= CALM)
    for place in np.flatnonzero(hour >= MANY).tolist():
        if spans and place <= spans[-1][1]:
            continue
        first = place - int(np.argmax(hour[max(0, place - PER + 1) : place + 1][::-1] < 1))
        first = max(0, place - PER + 1) if first == place else first
        last = place
        for later in busy[busy >= place].tolist():
            if later - last > DAY:
                break
            last = later
        starts.append(first)
        spans.append((first - PER, last + DAY))
    return starts, spans


def _load(path: Path, model: MoodModel) -> MoodSeries:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    rows = [row for row in rows if row.get("time")]
    times = [datetime.fromisoformat(row["time"]).timestamp() for row in rows]
    scores = model.read([row["text"] for row in rows])
    held: dict[str, list[tuple[float, float]]] = {VOLUME: [(at, 1.0) for at in times]}
    for mood in MOODS:
        held[mood] = [(t, 1.0) for t, s in zip(times, scores, strict=True) if mood in s.labels]
    width = STEP.total_seconds()
    start = datetime.fromtimestamp(min(times) // width * width, UTC)
    return mood_series(held, start, datetime.fromtimestamp(max(times) + width, UTC), STEP)


if __name__ == "__main__":
    main()
