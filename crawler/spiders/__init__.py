"""One spider a platform; a new one is a file here and a line in the registry."""

from __future__ import annotations

from collections.abc import Mapping

#: Kind of source to its spider, by name, so that a visit loads no other spider's libraries.
REGISTRY: Mapping[str, str] = {
    "article": "crawler.spiders.article:ArticleVisit",
    "discuz": "crawler.spiders.discuz:DiscuzVisit",
    "feed": "crawler.spiders.feed:FeedVisit",
    "weibo": "crawler.spiders.weibo:WeiboVisit",
}
