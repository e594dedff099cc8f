"""The first day of a topic: nothing is known of its level, so what is said must be enough."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from analysis.mood import VOLUME, Mood
from analysis.reason import Reason
from analysis.series import Floats, MoodSeries
from analysis.spike import Spike, SpikeRules

NEGATIVE = (Mood.ANXIETY, Mood.DOUBT, Mood.HOSTILITY)
HOUR = timedelta(hours=1)
#: Anxious, doubting and hostile mentions in one hour, and their share of all: one post in
#: three minutes is what a person on duty would read one by one, and no ordinary day of a
#: brand has three in ten against it.
LEAST, SHARE = 20.0, 0.3
#: So many mentions in one of the first three hours are told whatever they say; later the
#: level is known well enough to compare.
CROWD, EARLY = 200.0, 3 * HOUR
#: What a topic without history may err, once: a judgement, not a calibrated chance.
CHANCE = 0.02


def first_alarm(series: MoodSeries, rules: SpikeRules) -> Spike | None:
    """Return the alarm of a topic in its first day, if there is cause; it is given once.

    A recording that begins in the middle of an affair shows no rise. Its level may be
    what is usual for a big brand, so the level alone says little and the mood must say it.
    """
    per = round(HOUR / series.step)
    known = np.isfinite(series.curve(VOLUME).counts)
    if per < 1 or not known.any():
        return None
    begin = int(np.argmax(known))
    last = min(len(series), begin + round(rules.first_day / series.step))
    hours = {name: _hourly(series, name, begin, last, per) for name in (VOLUME, *NEGATIVE)}
    against = np.sum([hours[name] for name in NEGATIVE], axis=0)
    bad = (against >= LEAST) & (against >= SHARE * hours[VOLUME])
    crowded = hours[VOLUME] >= CROWD
    crowded[round(EARLY / series.step) :] = False
    hits = np.flatnonzero(bad | crowded)
    if not len(hits):
        return None
    index = int(hits[0])
    if bad[index]:
        mood = max(NEGATIVE, key=lambda name: float(hours[name][index]))
        return _spike(series, begin + index, mood, (hours, against), index)
    return _spike(series, begin + index, VOLUME, (hours, hours[VOLUME]), index)


def _hourly(series: MoodSeries, name: str, begin: int, last: int, per: int) -> Floats:
    counts = np.nan_to_num(series.curve(name).counts[begin:last])
    return np.asarray(np.convolve(counts, np.ones(per))[: len(counts)])


def _spike(
    series: MoodSeries,
    at: int,
    mood: str,
    seen: tuple[dict[str, Floats], Floats],
    index: int,
) -> Spike:
    hours, weight = seen
    volume, told = float(hours[VOLUME][index]), float(weight[index])
    observed = float(hours[mood][index])
    floor = CROWD if mood == VOLUME else LEAST
    why = Reason(
        "signals.spike_first_volume" if mood == VOLUME else "signals.spike_first",
        {"observed": round(told), "volume": round(volume), "mood": mood}
        | {"share": round(100 * told / max(volume, 1.0))},
    )
    score = 1 - floor / (2 * max(told, floor))
    start = series.start + series.step * at
    return Spike(start, mood, score, CHANCE, observed, 0.0, 0.0, 0.0, observed, why, HOUR)
