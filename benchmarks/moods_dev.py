"""What the benchmarks of calibration share: labelled posts as the shipped model reads them."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.calibrate import platt
from analysis.corpus import read_corpus, truth
from analysis.moods import MoodModel

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Posts:
    """Posts with log-odds and labels (posts, moods), and the number of each one's topic."""

    odds: Floats
    labels: Floats
    topic: Numbers

    @property
    def topics(self) -> int:
        """How many topics there are."""
        return int(self.topic.max()) + 1


def asked(about: str | None) -> Posts:
    """Read the file named on the command line."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("posts", type=Path, help="JSON lines with text, moods and topic")
    posts = list(read_corpus(parser.parse_args().posts))
    scores = MoodModel.load().score([post.text for post in posts])
    topic = np.unique([post.topic for post in posts], return_inverse=True)[1]
    return Posts(np.log(scores / (1 - scores)), truth(posts).astype(float), topic)


def fitted(odds: Floats, labels: Floats, mine: NDArray[np.bool_]) -> Floats:
    """Return probabilities of all posts by the curve of ``mine``."""
    slope, shift = platt(odds[mine], labels[mine])
    return np.asarray(1 / (1 + np.exp(-(slope * odds + shift))))
