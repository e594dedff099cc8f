"""The crawling process: a job as JSON on stdin, JSON lines on stdout.

One line ``{"mention": …}`` for each mention as it is found, one ``{"report": …}`` at the end.
Twisted's reactor runs once in a process, and a page that kills a parser kills only this one.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Callable
from typing import Any, TextIO

from pydantic import AwareDatetime, BaseModel
from scrapy.utils.reactor import install_reactor

install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")

from scrapy.crawler import AsyncCrawlerRunner  # noqa: E402 - imports the reactor
from scrapy.utils.log import configure_logging  # noqa: E402
from twisted.internet import reactor as _reactor  # noqa: E402

from crawler.polite import settings_for  # noqa: E402
from crawler.resolver import GuardedResolver  # noqa: E402
from crawler.source import SourceSpec  # noqa: E402
from crawler.spiders import REGISTRY  # noqa: E402
from crawler.tally import Tally  # noqa: E402
from storage.line import MentionLine  # noqa: E402


class Job(BaseModel):
    """One visit to make."""

    spec: SourceSpec
    now: AwareDatetime
    time_limit: float
    request_seconds: float
    agent: str


def main() -> None:
    """Read the job, crawl, and report."""
    job = Job.model_validate_json(sys.stdin.read())
    out = sys.stdout
    held = dict(job.spec.state)
    tally = Tally(hand_over=_writer(out), time_limit=job.time_limit, state=held)
    _crawl(job, tally)
    out.write(f'{{"report":{tally.report().model_dump_json()}}}\n')
    out.flush()


def _writer(out: TextIO) -> Callable[[MentionLine], None]:
    def write(line: MentionLine) -> None:
        out.write(f'{{"mention":{line.to_json()}}}\n')
        out.flush()

    return write


def _crawl(job: Job, tally: Tally) -> None:
    settings = settings_for(job.spec, job.agent, job.request_seconds)
    configure_logging(settings)
    reactor: Any = _reactor
    reactor.installNameResolver(GuardedResolver(reactor.nameResolver, job.spec.allow_private))
    spider = pkgutil.resolve_name(REGISTRY[job.spec.kind])
    runner = AsyncCrawlerRunner(settings)
    crawl = runner.crawl(spider, spec=job.spec, now=job.now, tally=tally)
    crawl.add_done_callback(lambda _: reactor.stop())

    def give_up() -> None:
        tally.timed_out = True
        reactor.stop()

    reactor.callLater(job.time_limit, give_up)
    reactor.run(installSignalHandlers=False)
    if crawl.done() and not crawl.cancelled() and (error := crawl.exception()):
        raise error


if __name__ == "__main__":
    main()
