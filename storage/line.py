"""A mention as one JSON line: the form in which spiders, importers and people hand it over."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

#: Bounds on crawled text, in characters; longer input is cut, not refused.
MAX_TEXT = 100_000
MAX_TITLE = 500

AuthorKind = Literal["person", "media", "government", "company"]
MentionKind = Literal["post", "comment", "repost", "article"]


def _clean(limit: int, value: object) -> object:
    """Drop NUL and lone surrogates, which no database stores, and cut to ``limit``."""
    if not isinstance(value, str):
        return value
    sound = value.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")
    return sound[:limit]


Text = Annotated[str, BeforeValidator(lambda value: _clean(MAX_TEXT, value))]
Title = Annotated[str, BeforeValidator(lambda value: _clean(MAX_TITLE, value))]
Short = Annotated[str, BeforeValidator(lambda value: _clean(200, value)), Field(max_length=200)]
Address = Annotated[str, BeforeValidator(lambda value: _clean(2_000, value))]
Count = Annotated[int, Field(ge=0, le=2**53)]


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class AuthorLine(_Line):
    """Who wrote it, as fetched; storage keeps only a keyed pseudonym and a sealed name."""

    id: Short | None = None
    name: Short | None = None
    followers: Count | None = None
    kind: AuthorKind | None = None


class CountsLine(_Line):
    """Engagement as the platform shows it; unknown is absent, not zero."""

    likes: Count | None = None
    comments: Count | None = None
    reposts: Count | None = None
    views: Count | None = None


class MentionLine(_Line):
    """One post, comment, repost or article; absent fields are unknown."""

    platform: Annotated[Short, Field(min_length=1)]
    id: Annotated[Short, Field(min_length=1)]
    url: Address | None = None
    kind: MentionKind = "post"
    parent: Short | None = None
    thread: Short | None = None
    author: AuthorLine | None = None
    outlet: Short | None = None
    region: Short | None = None
    published: AwareDatetime | None = None
    edited: AwareDatetime | None = None
    deleted: AwareDatetime | None = None
    title: Title | None = None
    text: Text = ""
    counts: CountsLine = CountsLine()
    source: Short | None = None

    def to_json(self) -> str:
        """Return the line without the unknown."""
        return self.model_dump_json(exclude_none=True, exclude_defaults=False)
