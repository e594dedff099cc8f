"""Every table, imported once so that the metadata is whole."""

from storage import (
    bucket,
    correction,
    delivery,
    incident,
    mention,
    mood_model,
    person,
    release,
    schedule,
    story,
    topic,
    voice,
)
from storage.base import Base

__all__ = [
    "Base",
    "bucket",
    "correction",
    "delivery",
    "incident",
    "mention",
    "mood_model",
    "person",
    "release",
    "schedule",
    "story",
    "topic",
    "voice",
]
