"""How soon spikes are told, how often wrongly, and how fast, against three usual rules.

Run: ``python -m benchmarks.spikes [STREAMS]`` (a folder of recorded affairs; without it only the
generated series are judged). The true start of an affair is defined in ``docs/signals.md``.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from analysis.generator import Burst, Plan, draw
from analysis.mood import VOLUME
from analysis.moods import MoodModel
from analysis.peers import DAY, RULES, STEP
from analysis.spikes import judge, score_points
from chengqing.comparison import table

HOUR = timedelta(hours=1)


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
    """Print starts told, median delay, false alarms (a week) and alarms on recorded affairs."""
    print("\nRecorded affairs: starts, then told / median delay / false alarms (a week) / alarms\n")
    for row in table(sorted(folder.glob("*.jsonl")), MoodModel.load(), ("stream", "starts")):
        print(row)


if __name__ == "__main__":
    main()
