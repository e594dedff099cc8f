"""Words for closed sets (states, roles, capacities), said in the reader's language at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from templates.catalogue import Language, say


@dataclass(frozen=True)
class Label:
    """A catalogue entry still to be said; it may fill a placeholder of another."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def say(self, language: Language = "zh") -> str:
        """Return it in ``language``."""
        return say_all(self.key, self.values, language)


def say_all(key: str, values: Mapping[str, object], language: Language) -> str:
    """Return a catalogue text whose values may be labels, or lists of them."""
    return say(key, language, **{name: _said(value, language) for name, value in values.items()})


def state(name: str) -> Label:
    """Return the words for a release's state."""
    return Label(f"releases.state_{name}")


def role(name: str) -> Label:
    """Return the words for a role."""
    return Label(f"releases.role_{name}")


def capacity(name: str) -> Label:
    """Return the words for a capacity: ``pr_lead``, ``legal``, ``other``, ``fact:<id>``."""
    kind, _, fact = name.partition(":")
    return Label(f"releases.capacity_{kind}", {"fact": fact})


def _said(value: object, language: Language) -> object:
    if isinstance(value, Label):
        return value.say(language)
    if isinstance(value, list | tuple):
        return [_said(one, language) for one in value]
    return value
