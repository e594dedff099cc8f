"""What the slow teachers of the mood model read: labels, emotions, first beliefs, other posts."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.linear import design, fit
from analysis.mood import MOODS
from analysis.recipe import Recipe

#: Sources that judge what is read of affairs nobody learnt from.
UNSEEN = ("Jiang Ping 2024", "Zhai Tianlin 2019-21", "COVID rumour comments 2020-21")
UNSEEN += ("BDCI car forum 2018", "Fukushima water 2021")
UNLABELLED = ("unlabelled.txt.gz", "unlabelled_covid2020.txt.gz")
WEIBO = ("smp2020_ewect_usual", "smp2020_ewect_virus")
COVID = ("covid19_weibo_7emotions",)
#: Sets whose posts are answered for as well; their labels stay unread.
ANSWERED = (*WEIBO, "cold_offensive", "weibo_senti_100k_part", *COVID)
#: How much of what the later teachers study is the first one's; the rest is a linear model's.
TRUST = 0.65

Chances = NDArray[np.float32]
_CLAUSE = re.compile(r"[^。！？!?；;，,\n~…]+[。！？!?；;，,\n~…]*")


def tidy(text: str) -> str:
    """Take out what tells no mood: links, and whom a post speaks to."""
    return re.sub(r"@\S{1,20}", "@", re.sub(r"https?://\S+", "", text))


def bare(text: str) -> str:
    """Return the letters alone, by which copies are known, tidied ones too."""
    while (shorter := tidy(text)) != text:
        text = shorter
    return re.sub(r"\W", "", text)


class Corpus:
    """The folder of labelled and other posts."""

    def __init__(self, folder: Path, without: Sequence[str] = ()) -> None:
        """Take the folder; the labels of the sources ``without`` stay unread."""
        self.folder = folder
        sets = [(folder / f"{name}.jsonl").read_text("utf-8") for name in ("train", "dev")]
        self.rows, dev = ([json.loads(line) for line in one.splitlines()] for one in sets)
        self.judged = {bare(row["text"]) for row in dev}
        self.known = self.judged | {bare(row["text"]) for row in self.rows}
        self.rows = [row for row in self.rows if row["source"] not in without]

    def labels(self) -> tuple[list[str], Chances]:
        """Return the labelled posts, and 1 for each mood that one carries; shape (posts, 4)."""
        truth = [[mood in row["moods"] for mood in MOODS] for row in self.rows]
        return [row["text"] for row in self.rows], np.array(truth, np.float32)

    def emotions(
        self, sets: Sequence[str], count: int, dice: random.Random
    ) -> tuple[list[str], list[int]]:
        """Return posts, none of them of dev, and the number of the emotion of each."""
        rows = [row for row in self.besides(sets) if bare(row["text"]) not in self.judged]
        rows = dice.sample(rows, min(count, len(rows)))
        names = sorted({str(row["label"]) for row in rows})
        return [row["text"] for row in rows], [names.index(str(row["label"])) for row in rows]

    def besides(self, sets: Sequence[str]) -> Iterator[dict[str, str]]:
        """Yield the rows of sets of ``aux``."""
        for name in sets:
            with gzip.open(
                self.folder / "aux" / f"{name}.jsonl.gz", "rt", encoding="utf-8"
            ) as file:
                yield from map(json.loads, file)

    def beliefs(self, path: Path) -> tuple[list[str], Chances]:
        """Return posts and what a first teacher and a linear model together think of them."""
        told = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        random.Random(1).shuffle(told)
        texts, recipe = [row["text"] for row in told], Recipe()
        labelled, labels = self.labels()
        every = design([*labelled, *texts], recipe.bits)
        count = len(labelled)
        own = fit(every, labels, recipe.strength, np.arange(count)).odds(every)[count:]
        chances = np.clip([[row[mood.value] for mood in MOODS] for row in told], 1e-4, 1 - 1e-4)
        odds = TRUST * np.log(chances / (1 - chances)) + (1 - TRUST) * own
        return texts, np.asarray(1 / (1 + np.exp(-odds)), np.float32)

    def posts(self) -> list[str]:
        """Return posts that are in no labelled set, and parts of some, each once."""
        plain, long = (self._lines(name) for name in UNLABELLED)
        others = [row["text"] for row in self.besides(ANSWERED)]
        dice = random.Random(3)
        for some in (plain, others, long):
            dice.shuffle(some)
        parts = [part for post in plain if (part := _part(post, dice))]
        found: dict[str, str] = {}
        for post in (*plain, *others, *parts, *long):
            key = bare(post)
            if len(key) >= 3 and key not in self.known:
                found.setdefault(key, post.strip())
        return list(found.values())

    def drawn(self, seed: int) -> Iterator[str]:
        """Yield one part of every plain post that has some, by chance."""
        dice = random.Random(seed)
        for post in self._lines(UNLABELLED[0]):
            if part := _part(post, dice).strip():
                yield part

    def parts(self) -> Iterator[str]:
        """Yield every run of clauses of the plain posts: whatever part of one was ever dealt."""
        for post in self._lines(UNLABELLED[0]):
            clauses = _CLAUSE.findall(post.strip())
            for first in range(len(clauses)):
                yield from accumulate(clauses[first:])

    def _lines(self, name: str) -> list[str]:
        with gzip.open(self.folder / name, "rt", encoding="utf-8") as lines:
            return list(lines)


def _part(post: str, dice: random.Random) -> str:
    """Return some clauses of a post, at most half of them; nothing of a post of one clause."""
    clauses = _CLAUSE.findall(post)
    if len(clauses) < 2:
        return ""
    count = dice.randint(1, (len(clauses) + 1) // 2)
    first = dice.randint(0, len(clauses) - count)
    return "".join(clauses[first : first + count])
