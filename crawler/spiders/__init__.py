"""One spider a platform; a new one is a file here and a line in the registry."""

from __future__ import annotations

from collections.abc import Mapping

from crawler.spiders.article import ArticleVisit
from crawler.spiders.discuz import DiscuzVisit
from crawler.spiders.feed import FeedVisit
from crawler.spiders.visit import Visit
from crawler.spiders.weibo import WeiboVisit

REGISTRY: Mapping[str, type[Visit]] = {
    "article": ArticleVisit,
    "discuz": DiscuzVisit,
    "feed": FeedVisit,
    "weibo": WeiboVisit,
}
