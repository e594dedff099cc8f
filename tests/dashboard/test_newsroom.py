from __future__ import annotations

import copy
import json
import re
from datetime import timedelta

import feedparser
import pytest

from dashboard.terms import terms_of
from releases.draft import write_draft
from releases.line import sentence
from releases.save import write
from storage.person import Person
from storage.release import Fact, Release

FEEDS = {
    "feed.atom": "application/atom+xml",
    "feed.rss": "application/rss+xml",
    "feed.json": "application/feed+json",
}


@pytest.fixture
def out(house, affair) -> Release:
    """A published statement; how it came to be is tested elsewhere."""
    now = house.clock()
    with house.database.begin() as session:
        author = session.get_one(Person, 2)
        release = write_draft(session, affair.id, author, now, terms_of(house))
        release.state, release.published = "published", now
        release.updated = now
    return release


def test_drafts_are_not_public(house, browse, affair):
    with house.database.begin() as session:
        author = session.get_one(Person, 2)
        release = write_draft(session, affair.id, author, house.clock(), terms_of(house))
    reader = browse()
    assert reader.get(f"/newsroom/{release.number}").status_code == 404
    assert "暂无声明" in reader.get("/newsroom").text
    for feed in FEEDS:
        assert release.number not in reader.get(f"/newsroom/{feed}").text


def test_everyone_may_read_and_is_given_no_cookie(browse, out):
    reader = browse()
    for path in ("/newsroom", f"/newsroom/{out.number}", *(f"/newsroom/{one}" for one in FEEDS)):
        answer = reader.get(path)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        assert answer.headers["cache-control"].startswith("public")


def test_feeds_say_what_they_are_and_hold_the_statement(browse, out):
    reader = browse()
    for feed, media_type in FEEDS.items():
        answer = reader.get(f"/newsroom/{feed}")
        assert answer.headers["content-type"].startswith(media_type)
        assert out.headline in answer.text
    assert feedparser.parse(reader.get("/newsroom/feed.atom").content).entries
    assert feedparser.parse(reader.get("/newsroom/feed.rss").content).entries


def test_pages_and_feeds_point_at_each_other(browse, out):
    page = browse().get("/newsroom").text
    for feed, media_type in FEEDS.items():
        link = f'<link rel="alternate" type="{media_type}"'
        assert link in page
        assert f"http://testserver/newsroom/{feed}" in page


def test_an_unchanged_copy_is_not_sent_again(browse, out):
    reader = browse()
    for path in ("/newsroom", f"/newsroom/{out.number}", *(f"/newsroom/{one}" for one in FEEDS)):
        first = reader.get(path)
        same = {"if-none-match": f'W/"x", {first.headers["etag"]}'}
        assert reader.get(path, headers=same).status_code == 304
        dated = {"if-modified-since": first.headers["last-modified"]}
        assert reader.get(path, headers=dated).status_code == 304
        assert reader.get(path, headers={"if-none-match": '"x"'}).status_code == 200


def test_a_changed_statement_is_sent_again(house, browse, out):
    reader = browse()
    first = reader.get("/newsroom/feed.atom")
    with house.database.begin() as session:
        release = session.get_one(Release, out.id)
        release.updated = release.updated + timedelta(minutes=5)
    same = {"if-none-match": first.headers["etag"]}
    dated = {"if-modified-since": first.headers["last-modified"]}
    assert reader.get("/newsroom/feed.atom", headers=same).status_code == 200
    assert reader.get("/newsroom/feed.atom", headers=dated).status_code == 200


def test_a_nonsense_date_is_ignored(browse, out):
    headers = {"if-modified-since": "yesterday"}
    assert browse().get("/newsroom", headers=headers).status_code == 200


def test_readers_may_ask_for_headers_alone(browse, out):
    answer = browse().head("/newsroom/feed.rss")
    assert answer.status_code == 200
    assert not answer.content


def test_machines_read_a_news_article_that_cannot_break_out(house, browse, out):
    with house.database.begin() as session:
        release = session.get_one(Release, out.id)
        release.headline = "</script><script>alert(1)</script>"
    page = browse().get(f"/newsroom/{out.number}").text
    assert "<script>alert" not in page
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    article = json.loads(found[1])
    assert article["@type"] == "NewsArticle"
    assert article["headline"] == release.headline
    assert article["datePublished"].endswith("+00:00")


def test_a_fact_no_sentence_tells_is_not_made_public(house, browse, out):
    people = {"owner_id": 2, "entered_by": 2, "entered": house.clock()}
    with house.database.begin() as session:
        release = session.get_one(Release, out.id)
        told, kept = (
            Fact(topic_id=release.topic_id, statement=text, source=f"{text}的依据", **people)
            for text in ("已停售。", "客服曾答复属正常现象。")
        )
        session.add_all([told, kept])
        session.flush()
        content = copy.deepcopy(release.content)
        content["lead"].append(sentence("已停售。", [told.id]))
        named = [sentence(one.source, [one.id]) for one in (told, kept)]
        content["sections"].append({"key": "sources", "title": "核实依据", "sentences": named})
        write(session, release, content, house.clock())
    page = browse().get(f"/newsroom/{out.number}").text
    evidence = page[page.index('class="evidence"') :]
    assert "已停售。的依据" in evidence
    assert "正常现象" not in evidence


def test_an_unknown_number_is_a_page_of_ours(browse):
    answer = browse().get("/newsroom/QC-9999")
    assert answer.status_code == 404
    assert "没有这一页" in answer.text
