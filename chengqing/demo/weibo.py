"""The demo's microblog, answering as m.weibo.cn does: search, whole texts, comments."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import parse_qs, quote

from chengqing.demo.cast import Voice
from chengqing.demo.world import ZONE, Shown, World

PAGE = 10
COMMENTS = 20

#: The search shows this many characters of a long post.
SHORT = 140

#: Every fifth post of the last hour shows a relative time, as older clients got for all.
RELATIVE = 5

_FIRST_MID = 5_230_000_000_000_000
_BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VERIFIED = {"government": 1, "company": 2, "media": 3}
_MARKS = re.compile(
    r"(?P<face>\[[^\[\]\s]{1,6}\])|(?P<topic>#[^#\s]{2,30}#)|@(?P<name>[\w-]{2,20})(?= |:|$)"
)

Json = dict[str, Any]


def mid_of(number: int) -> str:
    """Return the id of a post by its number in the script."""
    return str(_FIRST_MID + number * 7_919)


def number_of(mid: str) -> int | None:
    """Return the number of the post with that id, ``None`` where there is none."""
    if not mid.isascii() or not mid.isdigit() or len(mid) > len(str(_FIRST_MID)):
        return None
    number, rest = divmod(int(mid) - _FIRST_MID, 7_919)
    return None if rest or number <= 0 else number


def bid_of(mid: str) -> str:
    """Return the short form: seven digits from the right become four of base 62."""
    groups = []
    while mid:
        mid, seven = mid[:-7], int(mid[-7:])
        short = ""
        while seven:
            seven, digit = divmod(seven, 62)
            short = _BASE62[digit] + short
        groups.append(short.rjust(4, "0") if mid else short)
    return "".join(reversed(groups))


def count(value: int) -> int | str:
    """Return a count as the site shows it: large ones as 1.2万."""
    return f"{value / 10_000:.1f}万".replace(".0万", "万") if value >= 10_000 else value


def created_at(shown: Shown, now: datetime, *, exact: bool = False) -> str:
    """Return the time as the site shows it: relative for some young posts, else in full."""
    here, age = shown.published.astimezone(ZONE), now - shown.published
    if exact or shown.post.number % RELATIVE:
        return here.strftime("%a %b %d %H:%M:%S %z %Y")
    if age < timedelta(hours=1):
        minutes = int(age.total_seconds() // 60)
        return f"{minutes}分钟前" if minutes else "刚刚"
    if (now.astimezone(ZONE).date() - here.date()).days == 1:
        return f"昨天 {here:%H:%M}"
    return here.strftime("%a %b %d %H:%M:%S %z %Y")


def html_of(text: str) -> str:
    """Return a text as the site marks it up: faces, topics, names, breaks."""

    def mark(match: re.Match[str]) -> str:
        if face := match["face"]:
            return f'<span class="url-icon"><img alt={face} src="/face.png" /></span>'
        if topic := match["topic"]:
            link = f"/search?containerid=231522type%3D1%26q%3D{quote(topic)}"
            return f'<a href="{link}" data-hide=""><span class="surl-text">{topic}</span></a>'
        return f"<a href='/n/{match['name']}'>@{match['name']}</a>"

    return _MARKS.sub(mark, escape(text, quote=False)).replace("\n", "<br />")


def search_words(containerid: str, q: str | None) -> list[str]:
    """Return the words asked for, from ``q`` inside the container id or beside it."""
    asked = parse_qs(containerid).get("q") or ([q] if q else [])
    return [word.lower() for part in asked for word in part.split()]


class Timeline:
    """What the microblog holds at one moment."""

    def __init__(self, world: World, now: datetime) -> None:
        self.now = now
        self.shown = {shown.post.number: shown for shown in world.visible(now, "weibo")}
        self._due: dict[int, int] = {}
        for post in world.script.posts:
            if post.platform == "weibo" and post.parent:
                self._due[post.parent] = self._due.get(post.parent, 0) + 1
        self.below: dict[int, list[Shown]] = {}
        for shown in self.shown.values():
            if shown.post.parent:
                self.below.setdefault(shown.post.parent, []).append(shown)

    def find(self, mid: str) -> Shown | None:
        """Return the visible post with that id."""
        return self.shown.get(number_of(mid) or 0)

    def posts(self, words: list[str] | None = None) -> list[Shown]:
        """Return posts and reposts, newest first; with ``words`` only those that hold them all."""
        found = [shown for shown in self.shown.values() if shown.post.parent is None]
        wanted = words or []
        return [
            shown
            for shown in reversed(found)
            if all(word in self._searched(shown) for word in wanted)
        ]

    def _searched(self, shown: Shown) -> str:
        original = self.shown.get(shown.post.repost_of or 0)
        return " ".join([shown.text, shown.post.author.name, original.text if original else ""])

    def card(self, shown: Shown) -> Json:
        """Return a search card of type 9."""
        mid = mid_of(shown.post.number)
        return {
            "card_type": 9,
            "itemid": f"seqid:1|type:61|mid:{mid}",
            "scheme": f"/status/{bid_of(mid)}",
            "mblog": self.mblog(shown),
        }

    def mblog(self, shown: Shown) -> Json:
        """Return a post in the form of the mobile site."""
        post, mid = shown.post, mid_of(shown.post.number)
        is_long = len(shown.text) > SHORT
        found: Json = {
            "id": mid,
            "mid": mid,
            "bid": bid_of(mid),
            "created_at": created_at(shown, self.now),
            "text": _short(shown, mid) if is_long else html_of(shown.text),
            "textLength": len(shown.text) * 2,
            "source": "微博网页版",
            "isLongText": is_long,
            "user": _user(post.author),
            "reposts_count": count(shown.counts.reposts),
            "comments_count": count(self.comments_count(shown)),
            "attitudes_count": count(shown.counts.likes),
            "mblogtype": 0,
            "pic_num": 0,
            "pics": [],
        }
        if post.author.region:
            found["region_name"] = f"发布于 {post.author.region}"
        if original := self.shown.get(post.repost_of or 0):
            found["retweeted_status"] = self.mblog(original)
        return found

    def comments_count(self, shown: Shown) -> int:
        """Return a number of comments that changes only when one of them is new."""
        number, written = shown.post.number, shown.post.counts.comments
        here, due = len(self.thread(number)), self._due.get(number, 0)
        return max(here, written * len(self.below.get(number, ())) // due if due else written)

    def thread(self, number: int) -> list[Shown]:
        """Return everything below a post, oldest first."""
        found = list(self.below.get(number, ()))
        for child in list(found):
            found += self.thread(child.post.number)
        return sorted(found, key=lambda shown: (shown.published, shown.post.number))

    def comment(self, shown: Shown, root: Shown | None = None) -> Json:
        """Return a comment with those below it; ``root`` is set for one that is below another."""
        mid = mid_of(shown.post.number)
        found: Json = {
            "id": mid,
            "mid": mid,
            "rootid": mid_of(root.post.number) if root else mid,
            "created_at": created_at(shown, self.now, exact=True),
            "text": html_of(shown.text),
            "source": f"来自{shown.post.author.region}" if shown.post.author.region else "",
            "like_count": shown.counts.likes,
            "user": _user(shown.post.author),
        }
        if root is None:
            below = self.thread(shown.post.number)
            found["comments"] = [self.comment(each, shown) for each in below] or False
            found["total_number"] = len(below)
            found["floor_number"] = shown.post.number
        return found


def _short(shown: Shown, mid: str) -> str:
    return f'{html_of(shown.text[: SHORT - 10])} ...<a href="/status/{mid}">全文</a>'


def _user(voice: Voice) -> Json:
    return {
        "id": voice.uid,
        "screen_name": voice.name,
        "profile_url": f"/u/{voice.uid}",
        "verified": voice.verified is not None,
        "verified_type": _VERIFIED.get(voice.kind, 0 if voice.verified else -1),
        "verified_type_ext": 1 if voice.gold else 0,
        "verified_reason": voice.verified or "",
        "followers_count": count(voice.followers),
        "follow_count": voice.uid % 311,
        "statuses_count": voice.uid % 4_021,
        "gender": "f" if voice.uid % 3 else "m",
        "description": "",
    }
