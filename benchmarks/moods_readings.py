"""Posts that a large language model read by the annotators' guidelines.

A reader is given the guidelines, labelled examples and chunks of posts, and answers a chunk with
a line of ten cells for ten posts. A cell holds a capital for each mood that the reader would give
(A, D, H, S: anxiety, doubt, hostility, support), a small letter for a near thing, or ``-``. This
deals the chunks, gathers the answers and tells a network that has no teacher; whoever labels by
hand can do the same::

    export PYTHONPATH=.
    python benchmarks/moods_readings.py deal ../shared/corpus chunks
    python benchmarks/moods_readings.py gather chunks benchmarks/moods_readings.gz
    python benchmarks/moods_readings.py tell ../shared/corpus beliefs.jsonl
    python benchmarks/moods_seeds.py ../shared/corpus beliefs.jsonl moods.npz

A chunk is ``NNNN.txt``, its answer ``NNNN.ans`` beside it. Gathering
replaces what was gathered, so all chunks stay in one folder. What is gathered holds no text, only a
hash of each post and the chance in per cent that annotators would give it each mood;
``docs/moods.md`` says how that was measured and how often readers agree with annotators.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from analysis.corpus import WRITTEN, read_corpus
from analysis.mood import MOODS
from analysis.moods import MoodModel
from benchmarks.moods_posts import Corpus, bare, tidy

#: What the readers gave.
GATHERED = Path(__file__).with_name("moods_readings.gz")
#: The chance that annotators give a mood whose letter is missing, small or a capital, and the usual
#: share of small letters: measured on 3,200 labelled posts dealt among the others.
MEANT = ((0.009, 0.306, 0.926), (0.025, 0.280, 0.870), (0.008, 0.239, 0.867), (0.013, 0.420, 0.879))
USUAL = (0.045, 0.057, 0.072, 0.033)
#: Posts of a block, letters that a post has at least, and signs at most.
BLOCK, SHORTEST, LONGEST = 10, 3, 160
#: Share of how far a chunk of ``ENOUGH`` posts or more lies from what a model expects that chance
#: does not explain: measured on 1,317 chunks of 400.
DRIFT, ENOUGH = 0.75, 100

Chances = NDArray[np.float64]


def key(text: str) -> str:
    """Return the name of a post: ten hexadecimal digits of a hash of its letters."""
    return hashlib.sha256(bare(text).encode("utf-8", "surrogatepass")).hexdigest()[:10]


def kept(name: str) -> bool:
    """Return whether a post is kept from all learning: one in sixteen, to choose a seed by.

    Its parts and reposts have names of their own: two in three of those kept share twelve letters
    or more with one that teaches, so learning by heart is favoured a little.
    """
    return name.startswith("0")


def readings(path: Path = GATHERED) -> dict[str, tuple[float, ...]]:
    """Return the chances of every post that was read, by its :func:`key`."""
    with gzip.open(path, "rt", encoding="ascii") as lines:
        return {
            name: tuple(int(one) / 100 for one in percent)
            for name, *percent in (line.split() for line in lines)
        }


def meaning(cells: Sequence[str]) -> list[tuple[int, ...]]:
    """Return the chances in per cent that the cells of one chunk stand for.

    Readers tire: who writes more small letters than usual means less by each, and by capitals.
    Both corrections are fitted by eye to 1,600 labelled posts read late.
    """
    columns = []
    for (none, small, capital), usual, letter in zip(MEANT, USUAL, "ADHS", strict=True):
        share = sum(letter.lower() in cell for cell in cells) / max(1, len(cells))
        near = min(0.5, small * (usual / max(share, usual / 2)) ** 0.75)
        sure = capital - 0.6 * max(0.0, share - usual)
        columns.append([
            round(100 * (sure if letter in cell else near if letter.lower() in cell else none))
            for cell in cells
        ])  # fmt: skip
    return list(zip(*columns, strict=True))


def unread(corpus: Corpus, read: Container[str], parts: int = 0) -> list[str]:
    """Return the short posts that are neither labelled nor, by their key, read already.

    With ``parts``, a seed, return parts of posts instead, each once.
    """
    texts = corpus.drawn(parts) if parts else corpus.posts()
    short = (text for text in texts if len(text) <= LONGEST)
    found = {bare(text): text for text in short}
    return [
        text for letters, text in found.items()
        if len(letters) >= SHORTEST and letters not in corpus.known and key(text) not in read
    ]  # fmt: skip


def deal(posts: Sequence[str], scores: Chances, out: Path, size: int) -> None:
    """Write chunks of posts, those first of whose moods a model is least sure, with some chance.

    Args:
        posts: to be read.
        scores: (posts, moods), what the model thinks of them.
        out: a folder.
        size: posts of a chunk.
    """
    doubt, dice = (4 * scores * (1 - scores)).max(axis=1), np.random.default_rng(0)
    order = np.argsort(np.log(dice.random(len(posts))) / np.clip(doubt, 1e-3, None) ** 1.5)[::-1]
    out.mkdir(parents=True, exist_ok=True)
    for at in range(0, len(posts), size):
        lines = []
        for place, post in enumerate(order[at : at + size]):
            lines += [f"== {place // BLOCK}"] * (place % BLOCK == 0)
            text = re.sub(r"\s+", " ", tidy(posts[post])).strip()
            lines.append(f"{place % BLOCK} {text}")
        (out / f"{at // size:04d}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def gathered(folder: Path) -> Iterator[tuple[list[str], Chances]]:
    """Yield, chunk by chunk, the posts answered for and their chances; skip blocks miscounted."""
    for answer in sorted(folder.glob("*.ans")):
        blocks = [
            [line[2:] for line in block.split("\n")[1:] if line]
            for block in ("\n" + answer.with_suffix(".txt").read_text("utf-8")).split("\n== ")[1:]
        ]
        posts: list[str] = []
        cells: list[str] = []
        for found in re.finditer(r"^(\d+): (.+)$", answer.read_text("utf-8"), re.MULTILINE):
            given = found[2].split()
            if int(found[1]) >= len(blocks) or len(given) != len(blocks[int(found[1])]):
                print(f"{answer.name}: block {found[1]}: {len(given)} cells do not fit", flush=True)
                continue
            posts += blocks[int(found[1])]
            cells += given
        yield posts, np.array(meaning(cells)).reshape(-1, len(MOODS)) / 100


def levelled(told: Sequence[Chances], expected: Sequence[Chances]) -> list[Chances]:
    """Move the chances of each chunk together, so that their mean lies nearer to the expected.

    Late in a sitting a mood is given too freely. Each chunk's log-odds are shifted so that
    ``DRIFT`` of how far its mean lies from the usual ratio to the expected mean is taken back.
    """
    means = np.array([(ours.mean(axis=0), theirs.mean(axis=0)) for ours, theirs in zip(
        told, expected, strict=True
    )])  # fmt: skip
    ratios = means[:, 0] / means[:, 1] / (means[:, 0].mean(axis=0) / means[:, 1].mean(axis=0))
    wanted = np.clip(means[:, 0] / np.clip(ratios, 0.5, 2) ** DRIFT, 0.001, 0.95)
    return [
        np.stack([_shifted(one, mean) for one, mean in zip(ours.T, goal, strict=True)], axis=1)
        if len(ours) >= ENOUGH else ours
        for ours, goal in zip(told, wanted, strict=True)
    ]  # fmt: skip


def _shifted(chances: Chances, mean: float) -> Chances:
    """Return chances whose log-odds are moved alike, so that they come to a mean."""
    odds = np.log(chances) - np.log1p(-chances)

    def moved(step: float) -> Chances:
        return np.asarray(1 / (1 + np.exp(-odds - step)))

    return moved(brentq(lambda step: moved(step).mean() - mean, -20, 20))


def agreed(folder: Path, expect: Callable[[Sequence[str]], Chances]) -> dict[str, tuple[int, ...]]:
    """Return the chances, in per cent, of every post answered for; a mean where it was read twice.

    ``expect`` tells what a model thinks of posts, for the level of a chunk.
    """
    chunks = [(posts, told) for posts, told in gathered(folder) if posts]
    if not chunks:
        return {}
    level = levelled([told for _, told in chunks], [expect(posts) for posts, _ in chunks])
    found: dict[str, list[Chances]] = {}
    for (posts, _), told in zip(chunks, level, strict=True):
        for post, chances in zip(posts, told, strict=True):
            found.setdefault(key(post), []).append(100 * chances)
    return {name: tuple(map(round, np.mean(told, axis=0))) for name, told in found.items()}


def tell(corpus: Corpus, read: Mapping[str, Sequence[float]], out: Path) -> int:
    """Write the posts that were read, with their chances; return how many.

    Left out are those kept, and posts by which the reader or a model is measured.
    """
    measuring = corpus.known | {bare(post.text) for post in read_corpus(WRITTEN)}
    left = {name for name in read if not kept(name)} - {key(text) for text in measuring}
    count = len(left)
    with out.open("w", encoding="utf-8") as file:
        for text in chain(corpus.posts(), corpus.parts()):
            name = key(text)
            if name in left:
                left.remove(name)
                row = {"text": text, **dict(zip(MOODS, read[name], strict=True))}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return count - len(left)


def main() -> None:
    """Deal, gather or tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=("deal", "gather", "tell"))
    parser.add_argument("folder", type=Path, help="the corpus; for gather the chunks")
    parser.add_argument("out", type=Path)
    parser.add_argument("--parts", type=int, default=0, help="deal parts of posts, by this seed")
    parser.add_argument("--posts", type=int, default=400, help="of a chunk dealt")
    asked = parser.parse_args()
    if asked.part == "deal":
        left = unread(Corpus(asked.folder), readings(), asked.parts)
        deal(left, MoodModel.load().score(left), asked.out, asked.posts)
    elif asked.part == "tell":
        read = readings()
        print(f"{tell(Corpus(asked.folder), read, asked.out)} of {len(read)} posts told")
    else:
        found = agreed(asked.folder, MoodModel.load().score)
        rows = (f"{name} {' '.join(map(str, told))}\n" for name, told in sorted(found.items()))
        asked.out.write_bytes(gzip.compress("".join(rows).encode("ascii"), mtime=0))
        print(f"{len(found)} posts read")


if __name__ == "__main__":
    main()
