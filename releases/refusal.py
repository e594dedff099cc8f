"""Why a step was refused, as something the screen can say in either language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from releases.label import say_all
from templates.catalogue import Language

if TYPE_CHECKING:
    from releases.findings import Finding


class NotAllowed(Exception):
    """A step the rules or the person's roles do not permit; nothing was changed.

    Attributes:
        key: catalogue key, ``releases.<name>``.
        values: what fills its placeholders.
        findings: the rules that stand in the way, where rules do.
    """

    def __init__(
        self,
        key: str,
        values: Mapping[str, object] | None = None,
        findings: Sequence[Finding] = (),
    ) -> None:
        super().__init__(key)
        self.key = key
        self.values = dict(values or {})
        self.findings = tuple(findings)

    def __str__(self) -> str:
        return self.say()

    def say(self, language: Language = "zh") -> str:
        """Return the sentence for the person who was refused."""
        return say_all(self.key, self.values, language)
