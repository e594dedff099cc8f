"""How fast posts are scored, against the usual way, SnowNLP and the raw encode limit.

Run: ``OMP_NUM_THREADS=1 python benchmarks/moods_speed.py [CORPUS.jsonl]``. All figures are from
one process on one core; trust the ratios, which come from the same run.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from analysis import fast, sums
from analysis.moods import MoodModel

CORPUS = Path("../shared/corpus/train.jsonl")


def texts_of(path: Path, count: int) -> list[str]:
    """Read the first ``count`` posts of a JSON-lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line, _ in zip(lines, range(count), strict=False)]


def rate(score: Callable[[Sequence[str]], object], texts: Sequence[str], rounds: int = 3) -> float:
    """Return posts per second of CPU time, the best of some rounds."""
    score(texts[:100])
    spent = []
    for _ in range(rounds):
        began = time.process_time()
        score(texts)
        spent.append(time.process_time() - began)
    return len(texts) / min(spent)


def usual_way(texts: Sequence[str]) -> Callable[[Sequence[str]], object]:
    """Return jieba + TfidfVectorizer + one LogisticRegression a mood, fitted on ``texts``."""
    import jieba
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    jieba.setLogLevel("ERROR")
    words = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, lowercase=False)
    features = words.fit_transform(texts)
    models = [
        LogisticRegression(max_iter=50).fit(features, [cue in text for text in texts])
        for cue in "怕？骗好"
    ]

    def score(posts: Sequence[str]) -> object:
        table = words.transform(posts)
        return [model.predict_proba(table) for model in models]

    return score


def with_adder(model: MoodModel, adder: sums.Sums) -> Callable[[Sequence[str]], object]:
    """Return the model's whole path from strings to probabilities with one of its adders."""
    copy = MoodModel(**{name: getattr(model, name) for name in model.__dataclass_fields__})
    copy.__dict__["sums"] = adder
    return copy.score


def single(model: MoodModel, texts: Sequence[str]) -> float:
    """Return milliseconds for a post that comes alone."""
    began = time.process_time()
    for text in texts[:2000]:
        model.score([text])
    return (time.process_time() - began) / 2000 * 1000


def streamed(model: MoodModel, texts: Sequence[str], count: int = 1_000_000) -> float:
    """Score a million posts as they come; return the peak memory of the process in MB."""

    def batches() -> Iterator[list[str]]:
        for at in range(0, count, 2000):
            begin = at % (len(texts) - 2000)
            yield [text + str(at) for text in texts[begin : begin + 2000]]

    for batch in batches():
        model.score(batch)
    # Not getrusage: a child's peak begins with its parent's.
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def in_a_new_process(code: str) -> str:
    """Return what a fresh interpreter prints, so that nothing is warm."""
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return ran.stdout.strip()


def snownlp(texts: Sequence[str]) -> str:
    """Return SnowNLP's posts per second, where it is installed."""
    if importlib.util.find_spec("snownlp") is None:
        return "not installed"
    from snownlp import SnowNLP

    found = rate(lambda posts: [SnowNLP(post).sentiments for post in posts if post], texts[:300], 1)
    return f"{found:,.0f}"


FIRST = (
    "import time; t = time.perf_counter(); from analysis.moods import MoodModel;"
    "MoodModel.load().score(['太可怕了']); print(round(time.perf_counter() - t, 2))"
)
MEMORY = (
    "import sys; sys.path.insert(0, 'benchmarks'); import moods_speed as b;"
    "print(round(b.streamed(b.MoodModel.load(), b.texts_of(b.Path({path!r}), 20000))))"
)


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path, nargs="?", default=CORPUS)
    path = parser.parse_args().corpus
    texts = texts_of(path, 30_000)
    model = MoodModel.load()
    print(f"mean post: {sum(map(len, texts)) / len(texts):.0f} characters")
    usual = rate(usual_way(texts[:3_000]), texts[:3_000], 2)
    machine = fast.adder(model.layers)
    plain = sums.plain(model.layers)
    ways: dict[str, Callable[[Sequence[str]], object]] = {
        "numba": with_adder(model, machine),
        "NumPy alone": with_adder(model, plain),
        "join and encode only": lambda posts: "".join(posts).encode("utf-32-le", "replace"),
    }
    print(f"the usual way          {usual:12,.0f} posts/s", flush=True)
    for name, way in ways.items():
        found = rate(way, texts)
        print(
            f"{name:22s} {found:12,.0f} posts/s  {found / usual:8.1f} x the usual way", flush=True
        )
    print(f"SnowNLP                {snownlp(texts)} posts/s")
    print(f"a single post          {single(model, texts):.3f} ms")
    print(f"start to first score   {in_a_new_process(FIRST)} s")
    print(f"a million, peak memory {in_a_new_process(MEMORY.format(path=str(path)))} MB")


if __name__ == "__main__":
    main()
