"""The product's own spiders read the demo's site whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chengqing.demo.site import DemoSite
from chengqing.demo.world import Shown, World
from crawler.outcome import Outcome
from crawler.run import run_crawl
from crawler.source import SourceSpec
from storage.line import MentionLine

At = Callable[[float], datetime]


def _crawl(site: DemoSite, kind: str, url: str, now: datetime) -> list[MentionLine]:
    spec = SourceSpec(
        name=kind,
        kind=kind,
        url=url,
        query="云朵獾" if kind == "weibo" else None,
        max_pages=30,
        comments=3,
        allow_private=site.urls.hosts,
    )
    found: list[MentionLine] = []
    report = run_crawl(spec, found.append, now, time_limit=60)
    assert report.outcome is Outcome.OK, report
    assert not report.capped
    return found


def _bare(text: str) -> str:
    return "".join(text.split())


def _same(found: list[MentionLine], wanted: list[Shown]) -> None:
    by_text = {_bare(line.text): line for line in found}
    for shown in wanted:
        line = by_text[_bare(shown.text)]
        assert line.published is not None
        assert abs(line.published - shown.published) < timedelta(minutes=1), line


def test_weibo_posts_and_comments(world: World, at: At) -> None:
    with DemoSite(world, lambda: at(1.2)) as site:
        found = _crawl(site, "weibo", site.urls.weibo, at(1.2))
    brand = {
        each.post.number: each
        for each in world.visible(at(1.2), "weibo")
        if each.post.parent is None and "云朵獾" in each.text + each.post.author.name
    }
    for each in world.visible(at(1.2), "weibo"):
        if each.post.parent in brand:
            brand[each.post.number] = each
    _same(found, list(brand.values()))
    kinds = {line.author.kind for line in found if line.author}
    assert {"person", "company"} <= kinds
    assert {line.kind for line in found} == {"post", "comment", "repost"}


def test_forum_threads(world: World, at: At) -> None:
    with DemoSite(world, lambda: at(5)) as site:
        found = _crawl(site, "discuz", site.urls.forum, at(5))
    wanted = [each for each in world.visible(at(5), "forum") if not each.post.banned]
    assert len(found) == len(wanted)
    _same(found, wanted)
    assert any(line.edited for line in found)


def test_news_articles(world: World, at: At) -> None:
    with DemoSite(world, lambda: at(5)) as site:
        found = _crawl(site, "feed", site.urls.feed, at(5))
    wanted = world.visible(at(5), "news")
    assert len(found) == len(wanted)
    by_title = {line.title: line for line in found}
    for each in wanted:
        line = by_title[each.post.title]
        assert line.published == each.published
        # Where an article is short, its head line may come along.
        assert _bare(each.text) in _bare(line.text)
        assert len(_bare(line.text)) - len(_bare(each.text)) < 80
    assert {line.outlet for line in found} == {each.post.outlet for each in wanted}
