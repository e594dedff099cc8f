"""One spider a platform; a new one is a file here and a line in the registry."""

from __future__ import annotations

from collections.abc import Mapping

#: Kind of source to its spider, by name, so that a visit loads no other spider's libraries.
REGISTRY: Mapping[str, str] = {
    "article": "crawler.spiders.article:ArticleVisit",
    "discuz": "crawler.spiders.forum:DiscuzVisit",
    "feed": "crawler.spiders.feed:FeedVisit",
    "forum": "crawler.spiders.forum:ForumVisit",
    "weibo": "crawler.spiders.weibo:WeiboVisit",
    "xiuno": "crawler.spiders.forum:XiunoVisit",
}
