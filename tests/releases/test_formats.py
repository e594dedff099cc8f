"""Each format against its own paper, RFC 4287, RSS 2.0, JSON Feed 1.1; and all three alike."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from lxml import etree
from referencing import Registry, Resource

from releases.company import Company
from releases.formats import FORMATS
from releases.formats.atom import NAMESPACE, stamp
from releases.terms import Terms
from releases.view import PublicRelease, feed_info

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
URL = "https://news.example"
TERMS = Terms(Company(name="澜汀云朵獾儿童用品有限公司"))
FIRST = PublicRelease(
    id="urn:uuid:6f1c4c1e-2f0e-4a58-9d1c-0c7f3c1f0a11",
    number="CB-2026-0001",
    url=f"{URL}/newsroom/CB-2026-0001",
    headline="检测未检出有害物质迁移——云朵獾澄清声明",
    summary="检测未检出有害物质迁移。",
    html="<div><p>检测未检出 &amp; &lt;b&gt;</p></div>",
    text="检测未检出 & <b>",
    issuer="澜汀云朵獾儿童用品有限公司",
    kind="clarification",
    version=1,
    published=NOW,
    updated=NOW,
)
SECOND = replace(
    FIRST,
    id="urn:uuid:0b7c8f5e-7a0b-4f43-8c55-4d2c1f6b7e22",
    number="CB-2026-0002",
    url=f"{URL}/newsroom/CB-2026-0002",
    published=NOW + timedelta(hours=1),
    updated=NOW + timedelta(hours=2),
)
BOTH = [SECOND, FIRST]


def render(name, releases=BOTH, updated=NOW):
    made = FORMATS[name]
    return made.render(feed_info(TERMS, URL, made.file, updated), releases)


def atom(tag):
    return f"{{{NAMESPACE}}}{tag}"


@pytest.mark.parametrize("name", ["atom", "rss"])
def test_a_feed_reader_understands_it(name):
    found = feedparser.parse(render(name))
    assert not found.bozo
    assert found.feed.title == "澜汀云朵獾儿童用品有限公司 新闻发布"
    assert [entry.id for entry in found.entries] == [SECOND.id, FIRST.id]
    assert [entry.link for entry in found.entries] == [SECOND.url, FIRST.url]
    entry = found.entries[1]
    assert entry.title == FIRST.headline
    assert entry.content[0].value == FIRST.html
    assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == FIRST.published
    assert datetime(*found.entries[0].updated_parsed[:6], tzinfo=UTC) == SECOND.updated


@pytest.mark.parametrize("releases", [BOTH, []])
def test_atom_holds_what_rfc_4287_demands(releases):
    root = etree.fromstring(render("atom", releases))
    assert root.tag == atom("feed")
    for element in [root, *root.findall(atom("entry"))]:
        for once in ("id", "title", "updated"):
            assert len(element.findall(atom(once))) == 1
        assert element.findall(f"{atom('author')}/{atom('name')}")
        for moment in element.findall(atom("updated")) + element.findall(atom("published")):
            assert datetime.fromisoformat(moment.text).utcoffset() == timedelta(0)
    links = {link.get("rel"): link.get("href") for link in root.findall(atom("link"))}
    assert links == {"self": f"{URL}/newsroom/feed.atom", "alternate": f"{URL}/newsroom"}
    for entry in root.findall(atom("entry")):
        alternates = [
            link for link in entry.findall(atom("link")) if link.get("rel") == "alternate"
        ]
        assert len(alternates) == 1
        assert entry.find(atom("content")).get("type") == "html"


def test_a_feed_is_as_new_as_its_newest_change():
    newest = etree.fromstring(render("atom")).findtext(atom("updated"))
    assert newest == stamp(SECOND.updated)
    assert etree.fromstring(render("atom", [])).findtext(atom("updated")) == stamp(NOW)


@pytest.mark.parametrize("releases", [BOTH, []])
def test_rss_holds_what_its_paper_demands(releases):
    root = etree.fromstring(render("rss", releases))
    assert (root.tag, root.get("version"), len(root)) == ("rss", "2.0", 1)
    channel = root[0]
    for once in ("title", "link", "description", "lastBuildDate"):
        assert len(channel.findall(once)) == 1
    (own,) = channel.findall(atom("link"))
    assert (own.get("rel"), own.get("href")) == ("self", f"{URL}/newsroom/feed.rss")
    for item in channel.findall("item"):
        assert item.find("guid").get("isPermaLink") == "false"
        assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo is not None


@pytest.mark.parametrize("releases", [BOTH, []])
def test_json_feed_fits_its_schema(releases, testdata):
    schemas = {
        name: json.loads((testdata / "schemas" / f"{name}.json").read_text("utf-8"))
        for name in ("feed", "feed-1")
    }
    found = json.loads(render("json", releases))
    registry = Registry()
    for name, schema in schemas.items():
        resource = Resource.from_contents(schema)
        for address in (name, f"{name}.json", schema.get("id") or schema.get("$id") or name):
            registry = registry.with_resource(address, resource)
    Draft4Validator(schemas["feed"], registry=registry).validate(found)
    assert found["version"] == "https://jsonfeed.org/version/1.1"


def test_all_formats_tell_the_same():
    by_json = [
        (item["id"], item["url"], item["title"], item["date_published"], item["date_modified"])
        for item in json.loads(render("json"))["items"]
    ]
    by_atom = [
        (
            entry.findtext(atom("id")),
            entry.find(atom("link")).get("href"),
            entry.findtext(atom("title")),
            entry.findtext(atom("published")),
            entry.findtext(atom("updated")),
        )
        for entry in etree.fromstring(render("atom")).findall(atom("entry"))
    ]
    by_rss = [
        (
            item.findtext("guid"),
            item.findtext("link"),
            item.findtext("title"),
            stamp(parsedate_to_datetime(item.findtext("pubDate"))),
            item.findtext(atom("updated")),
        )
        for item in etree.fromstring(render("rss")).iter("item")
    ]
    assert by_json == by_atom == by_rss


def test_an_update_keeps_identity_and_publication():
    later = replace(FIRST, version=2, updated=NOW + timedelta(days=1))
    before, after = (json.loads(render("json", [one]))["items"][0] for one in (FIRST, later))
    assert before["id"] == after["id"]
    assert before["date_published"] == after["date_published"]
    assert before["date_modified"] < after["date_modified"]


def test_a_time_of_any_zone_is_the_same_instant():
    local = NOW.astimezone(timezone(timedelta(hours=8)))
    assert render("atom", [replace(FIRST, published=local, updated=local)]) == render(
        "atom", [FIRST]
    )


@given(st.text(max_size=80))
@pytest.mark.parametrize("name", list(FORMATS))
def test_no_character_breaks_a_feed(name, text):
    strange = replace(FIRST, headline=text, summary=text, html=text, text=text, issuer=text)
    made = render(name, [strange])
    if name == "json":
        assert json.loads(made)["items"][0]["id"] == FIRST.id
    else:
        assert len(list(etree.fromstring(made).iter("item", atom("entry")))) == 1


@pytest.mark.parametrize("char", ["\x00", "\x0b", "\x1f", "\ufffe", "\ud800", "]]>", "&", "\x85"])
@pytest.mark.parametrize("name", list(FORMATS))
def test_characters_known_to_break_feeds(name, char):
    made = render(name, [replace(FIRST, headline=f"一{char}二", html=f"<p>一{char}二</p>")])
    if name == "json":
        json.loads(made)
    else:
        assert not feedparser.parse(made).bozo


def test_names_types_and_addresses():
    assert {name: (one.media_type, one.file) for name, one in FORMATS.items()} == {
        "atom": ("application/atom+xml", "feed.atom"),
        "rss": ("application/rss+xml", "feed.rss"),
        "json": ("application/feed+json", "feed.json"),
    }
