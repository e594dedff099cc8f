"""The demonstration once through: every step by the real code, and a summary that is checked."""

from __future__ import annotations

import json
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import click
import httpx2
import uvicorn
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chengqing.clock import real
from chengqing.demo import office
from chengqing.demo.company import DemoCompany, company
from chengqing.demo.newsroom import statement_in
from chengqing.demo.posts import load
from chengqing.demo.run import FACTS_AT, opening, settings_of
from chengqing.demo.site import DemoSite
from chengqing.demo.visitor import Visitor
from chengqing.demo.world import World
from chengqing.pipeline import steps
from chengqing.settings import load as load_settings
from chengqing.wiring import Works, open_works
from delivery.mailbox import Mailbox
from releases.standing import standing
from storage.incident import Incident
from storage.mention import MOOD_BITS, Mention
from storage.migrate import upgrade
from storage.person import Person
from storage.release import Release
from storage.topic import Source
from templates.catalogue import say

STEP = timedelta(hours=1)
#: The affair is all told by then; an incident that has not opened will not.
LATEST = timedelta(hours=8)
AFTER = timedelta(hours=4)
SORE = MOOD_BITS["anxiety"] | MOOD_BITS["doubt"] | MOOD_BITS["hostility"]


@dataclass
class SteppedClock:
    """A clock that stands still until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        """Return the present."""
        return self.now


@dataclass
class Play:
    """One run and what is known of it so far."""

    works: Works
    clock: SteppedClock
    staff: DemoCompany
    mailbox: Mailbox
    address: str
    summary: dict[str, Any] = field(default_factory=dict)

    def look(self) -> None:
        """Crawl every source, then score, detect and send, as the watch would."""
        with self.works.database.read() as session:
            ids = list(session.scalars(select(Source.id)))
        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(lambda number: steps.visit(self.works, number), ids))
        steps.score(self.works)
        steps.find(self.works)
        steps.send(self.works)
        hour = self.clock.now.astimezone(self.works.zone).strftime("%m-%d %H:%M")
        click.echo(say("demo.looked", at=hour, outcomes=outcomes), err=True)

    def advance(self, span: timedelta) -> None:
        """Let time pass and look again."""
        self.clock.now += span
        self.look()


def once(folder: str | None = None) -> int:
    """Play the affair through; return the exit code: 0 only if every step really happened."""
    began = time.perf_counter()
    with ExitStack() as stack:
        place = Path(folder or stack.enter_context(tempfile.TemporaryDirectory()))
        place.mkdir(parents=True, exist_ok=True)
        play = stack.enter_context(_stage(place))
        release = _act(play)
        problems = _check(play, release)
    play.summary["seconds"] = round(time.perf_counter() - began, 1)
    for problem in problems:
        click.echo(f"✗ {problem}", err=True)
    sys.stdout.write(json.dumps(play.summary, ensure_ascii=False) + "\n")
    return 1 if problems else 0


@contextmanager
def _stage(place: Path) -> Iterator[Play]:
    start = opening(real())
    clock, staff = SteppedClock(start), company(start)
    world = World(load(), start, staff.words)
    with ExitStack() as stack:
        mailbox = stack.enter_context(Mailbox(place / "mail"))
        site = stack.enter_context(DemoSite(world, clock))
        here = socket.create_server(("127.0.0.1", 0))
        environ = settings_of(place, staff, mailbox, site) | {
            "CHENGQING_PORT": str(here.getsockname()[1])
        }
        settings = load_settings(environ)
        works = stack.enter_context(open_works(settings, migrated=False, clock=clock))
        upgrade(works.database)
        office.furnish(works, staff, site.urls)
        stack.enter_context(_served(works, here))
        play = Play(works, clock, staff, mailbox, settings.address)
        play.summary["_world"] = world
        yield play


@contextmanager
def _served(works: Works, here: socket.socket) -> Iterator[None]:
    """Serve dashboard and newsroom from a thread for as long as the run lasts."""
    from dashboard.app import create_app

    config = uvicorn.Config(
        create_app(works.house(demo=True)), log_config=None, lifespan="off", server_header=False
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, args=([here],), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        here.close()


def _act(play: Play) -> Release | None:
    """Watch until the alarm, let the people answer it, and watch what that does."""
    world: World = play.summary.pop("_world")
    start = play.clock.now
    play.look()
    incident = None
    while play.clock.now - start < LATEST:
        play.advance(STEP)
        incident = incident or _incident(play)
        if play.clock.now - start >= FACTS_AT:
            office.enter_facts(play.works, play.staff, play.clock.now)
            if incident is not None:
                break
    if incident is None:
        return None
    release = _publish(play, incident)
    told = statement_in(httpx2.get(f"{play.address}/newsroom/feed.json", trust_env=False).json())
    if told is not None:
        world.statement_published(told[0] or play.clock.now, told[1])
    for _ in range(int(AFTER / (2 * STEP))):
        play.advance(2 * STEP)
    return release


def _incident(play: Play) -> int | None:
    with play.works.database.read() as session:
        return session.scalar(select(Incident.id).order_by(Incident.id))


def _publish(play: Play, incident: int) -> Release:
    """Draft, submit, approve and publish in the dashboard, each person in their own session."""
    people = {person.key: person.email for person in play.staff.people}
    with Visitor(play.address, people["author"], office.PASSWORD) as author:
        author.read(f"/incidents/{incident}")
        path = urlsplit(author.click(f"/incidents/{incident}/draft")).path
        author.read(path)
        author.click(f"{path}/submit")
    number = int(path.rsplit("/", 1)[1])
    for email in _approvers(play, number):
        with Visitor(play.address, email, office.PASSWORD) as approver:
            approver.read(path)
            approver.click(f"{path}/approve")
    with Visitor(play.address, people["publisher"], office.PASSWORD) as publisher:
        publisher.read(path)
        publisher.click(f"{path}/publish")
    with play.works.database.read() as session:
        return session.get_one(Release, number)


def _approvers(play: Play, number: int) -> list[str]:
    """Return whom the policy asks, by e-mail address, each once."""
    with play.works.database.read() as session:
        state = standing(
            session, session.get_one(Release, number), play.clock.now, play.works.terms
        )
        people = list(session.scalars(select(Person).order_by(Person.id)))
        wanted = []
        for capacity in state.missing:
            if capacity.startswith("fact:"):
                owner = state.facts[int(capacity.removeprefix("fact:"))].owner_id
                wanted.append(session.get_one(Person, owner).email)
            else:
                wanted.append(next(p.email for p in people if capacity in p.roles))
    return list(dict.fromkeys(wanted))


def _check(play: Play, release: Release | None) -> list[str]:
    """Fill the summary from what is really there, and return what is not."""
    with play.works.database.read() as session:
        platforms = dict(
            session.execute(select(Mention.platform, func.count()).group_by(Mention.platform))
            .tuples()
            .all()
        )
        moods = {
            mood: session.scalar(select(func.count()).where(Mention.labels.op("&")(bit) != 0))
            for mood, bit in MOOD_BITS.items()
        }
        incidents = session.scalar(select(func.count()).select_from(Incident)) or 0
        turn = _turn(session, release)
    feeds = {name: f"{play.address}/newsroom/feed.{name}" for name in ("atom", "rss", "json")}
    url = f"{play.address}/newsroom/{release.number}" if release else None
    play.summary |= {
        "mentions": platforms,
        "moods": moods,
        "incidents": incidents,
        "mails": len(play.mailbox.messages),
        "release": url,
        "feeds": list(feeds.values()),
        "negative": turn,
    }
    checks = {
        "mentions": len(platforms) >= 3 and all(platforms.values()),
        "moods": all(moods.values()),
        "incidents": incidents >= 1,
        "mails": any("云朵獾" in str(mail["Subject"]) for mail in play.mailbox.messages),
        "release": url is not None and release is not None and _shows(url, release.headline),
        "feeds": release is not None and all(_shows(f, release.number) for f in feeds.values()),
        "turn": turn is not None and turn["after"] < turn["before"],
    }
    return [say("demo.missing", step=name) for name, done in checks.items() if not done]


def _turn(session: Session, release: Release | None) -> dict[str, float] | None:
    """Return the share of anxious, doubting or hostile mentions before the statement and late."""
    if release is None or release.published is None:
        return None
    spans = {
        "before": (release.published - timedelta(hours=2), release.published),
        "after": (release.published + AFTER - timedelta(hours=3), release.published + AFTER),
    }
    shares = {}
    for name, (since, until) in spans.items():
        inside = (Mention.published > since) & (Mention.published <= until)
        total = session.scalar(select(func.count()).where(inside)) or 0
        sore = session.scalar(select(func.count()).where(inside, Mention.labels.op("&")(SORE) != 0))
        shares[name] = round((sore or 0) / total, 3) if total else 1.0
    return shares


def _shows(url: str, words: str) -> bool:
    """Whether the public gets ``words`` at ``url``."""
    answer = httpx2.get(url, trust_env=False, timeout=10)
    return answer.status_code == 200 and words in answer.text
