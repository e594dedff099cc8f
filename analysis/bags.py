"""Words of short posts: cut, counted, and weighed against what is said anyway."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rjieba
from scipy import sparse

from analysis.plain import folded
from analysis.series import Floats


def _listed(name: str) -> frozenset[str]:
    return frozenset((Path(__file__).parent / "lists" / f"{name}.txt").read_text("utf-8").split())


#: Words that say nothing about what a post is about. Question words stay out too: they show
#: that somebody asks, not what.
STOP = _listed("stop")
#: Feelings without a subject. A post of nothing else belongs to its mood's curve, not here.
FEELINGS = _listed("feelings")
SILENT = STOP | FEELINGS
#: The one question every rumour raises, however it is put.
TRUTH = "是否属实"
RUMOUR = "谣言"
#: Words that stand for one claim in every affair: that it is made up, or that it be proved.
SAME = dict.fromkeys(("造谣", "辟谣", "不实", "假新闻", "假消息", "假信息", "谣传"), RUMOUR)
SAME |= dict.fromkeys(("求证", "真相", "求真相", "真实性"), TRUTH)
_TRUTH = re.compile(
    r"真的?假的?|是真的?[吗么嘛]|真的[吗么嘛?]|真假|是不是真|是真是假|真有[这此]事|属实[吗么?]"
    r"|可信[吗么]|靠谱[吗么]"
)
#: Characters of a post that are read, and words that are told apart.
READ, MOST_WORDS = 140, 1_500


def cut(text: str) -> list[str]:
    """Return the telling words of a text, folded; one-character words are left out."""
    text = folded(text[:READ])
    words = [
        word
        for word in rjieba.cut(text, True)
        if len(word) > 1 and word not in SILENT and word.isalnum() and not word.isdigit()
    ]
    words = [SAME.get(word, word) for word in words]
    return [*words, TRUTH] if _TRUTH.search(text) else words


@dataclass(frozen=True)
class Bags:
    """Texts as weighted words.

    Attributes:
        table: TF-IDF rows of unit length, shape (texts, words).
        words: the word of each column.
        place: the column of each word.
        rarity: inverse document frequency of each word, shape (words,).
    """

    table: sparse.csr_array
    words: list[str]
    place: dict[str, int]
    rarity: Floats


def bags(texts: Sequence[str], stop: frozenset[str] = frozenset(), least: int = 3) -> Bags:
    """Weigh the words of texts.

    Words in fewer than ``least`` texts, or in more than half of them, are left out, and all
    but the :data:`MOST_WORDS` most frequent.
    """
    held = [set(cut(text)) - stop for text in texts]
    counts = Counter(word for words in held for word in words)
    most = max(len(texts) * 0.5, least)
    ranked = sorted((-count, word) for word, count in counts.items() if least <= count <= most)
    words = sorted(word for _, word in ranked[:MOST_WORDS])
    place = {word: number for number, word in enumerate(words)}
    rows = [sorted(place[word] for word in mine if word in place) for mine in held]
    starts = np.concatenate(([0], np.cumsum([len(row) for row in rows]))).astype(np.int64)
    columns = np.array([column for row in rows for column in row], dtype=np.int64)
    rarity = np.log((1 + len(texts)) / (1 + np.array([counts[w] for w in words], np.float64))) + 1
    table = sparse.csr_array((rarity[columns], columns, starts), shape=(len(texts), len(words)))
    norms = np.sqrt(np.asarray(table.power(2).sum(axis=1)))
    table.data /= np.repeat(np.maximum(norms, 1e-12), np.diff(table.indptr))
    return Bags(table, words, place, rarity)


def telling(inside: Iterable[str], outside: Iterable[str], most: int = 8) -> list[str]:
    """Return the words that set ``inside`` texts apart from ``outside`` ones, best first.

    Ranked by the log-odds of texts that hold a word, with half a text of doubt on each side
    (Monroe, Colaresi and Quinn 2008, with a flat prior), over its standard error.
    """
    mine, theirs = list(inside), list(outside)
    here = Counter(word for text in mine for word in set(cut(text)))
    there = Counter(word for text in theirs for word in set(cut(text)))
    scored = []
    for word, count in here.items():
        if count < 2:
            continue
        a, b = count + 0.5, len(mine) - count + 0.5
        c, d = there[word] + 0.5, len(theirs) - there[word] + 0.5
        odds = np.log(a / b) - np.log(c / d)
        scored.append((odds / np.sqrt(1 / a + 1 / b + 1 / c + 1 / d), word))
    ranked = sorted(scored, key=lambda pair: (-pair[0], pair[1]))
    return [word for score, word in ranked[:most] if score > 1]
