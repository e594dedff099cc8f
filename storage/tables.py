"""Every table, imported once so that the metadata is whole."""

from storage import bucket, delivery, incident, mention, person, release, schedule, topic
from storage.base import Base

__all__ = [
    "Base",
    "bucket",
    "delivery",
    "incident",
    "mention",
    "person",
    "release",
    "schedule",
    "topic",
]
