"""The posts of the corpus that nobody labelled, and what tells copies apart."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

#: Sources that judge what is read of affairs nobody learnt from.
UNSEEN = ("Jiang Ping 2024", "Zhai Tianlin 2019-21", "COVID rumour comments 2020-21")
UNSEEN += ("BDCI car forum 2018", "Fukushima water 2021")
UNLABELLED = ("unlabelled.txt.gz", "unlabelled_covid2020.txt.gz")
#: Sets of ``aux`` whose posts are read as well; their labels stay unread.
OTHERS = ("smp2020_ewect_usual", "smp2020_ewect_virus", "cold_offensive", "weibo_senti_100k_part")
OTHERS += ("covid19_weibo_7emotions",)
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
    """The folder of labelled and other posts.

    Attributes:
        known: the letters of all labelled posts.
    """

    def __init__(self, folder: Path) -> None:
        """Take the folder."""
        self.folder, self.known = folder, set[str]()
        for name in ("train", "dev"):
            with (folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
                self.known |= {bare(json.loads(line)["text"]) for line in lines}

    def posts(self) -> list[str]:
        """Return posts that are in no labelled set, and parts of some, each once."""
        plain, long = (self._lines(name) for name in UNLABELLED)
        others = [row["text"] for row in self._others()]
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

    def _others(self) -> Iterator[dict[str, str]]:
        for name in OTHERS:
            with gzip.open(
                self.folder / "aux" / f"{name}.jsonl.gz", "rt", encoding="utf-8"
            ) as file:
                yield from map(json.loads, file)

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
