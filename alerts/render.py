"""Templates of mails: one environment, escaped for HTML, every word from the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from templates.catalogue import FOLDER, Language, say

#: The mood colours of the product, dark enough for text on white (4.5:1 and more).
COLOURS = {
    "volume": "#475569",
    "anxiety": "#8a5a00",
    "doubt": "#6a3fb5",
    "hostility": "#b3123a",
    "support": "#0b6e66",
}
#: What mail programs have, the reader's script first: a Chinese font sets Latin quotes too wide.
_CHINESE = "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC'"
_LATIN = "'Segoe UI',Roboto,Helvetica,Arial"
FONTS: dict[Language, str] = {
    "zh": f"-apple-system,{_CHINESE},{_LATIN},sans-serif",
    "en": f"-apple-system,{_LATIN},{_CHINESE},sans-serif",
}


@dataclass(frozen=True)
class Mail:
    """One mail's words: a subject and two bodies that say the same."""

    subject: str
    text: str
    html: str


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER / "alerts"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(name: str, language: Language, values: Mapping[str, object]) -> Mail:
    """Fill ``templates/alerts/<name>.{txt,html}.j2``; ``values`` must hold ``subject``."""

    def text(key: str, /, **named: object) -> str:
        return say(f"alerts.{key}", language, **named)

    known = dict(values) | {"language": language, "t": text, "colours": COLOURS}
    known["fonts"] = FONTS[language]
    plain, rich = (
        _environment().get_template(f"{name}.{kind}.j2").render(known) for kind in ("txt", "html")
    )
    return Mail(str(values["subject"]), plain.strip() + "\n", rich)
