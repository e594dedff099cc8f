"""What the benchmarks of calibration share: labelled posts as the shipped model reads them."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.corpus import read_corpus, truth
from analysis.heed import Curves, curves_of
from analysis.moods import MoodModel

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Posts:
    """Posts with uncalibrated log-odds and labels (posts, moods), and each one's topic."""

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
    model = MoodModel.load()
    own = Curves(np.array(model.notes["weights"]), np.array(model.notes["shifts"]))
    odds = own.undone(model.odds([post.text for post in posts]))
    topic = np.unique([post.topic for post in posts], return_inverse=True)[1]
    return Posts(odds, truth(posts).astype(float), topic)


def fitted(posts: Posts, mine: NDArray[np.bool_]) -> Floats:
    """Return probabilities (posts, moods) of all posts by the curves of ``mine``."""
    return curves_of(posts.odds[mine], posts.labels[mine]).chances(posts.odds)
