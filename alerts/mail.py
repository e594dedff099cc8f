"""The mail about one alert: what happened, what to do, by when, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from alerts.briefing import Briefing
from alerts.context import Context
from alerts.numbers import rows
from alerts.render import COLOURS, Mail, render
from alerts.response import still_owed
from alerts.rules import AlertDraft, Kind
from alerts.words import clock_time, line, quote, sentence, span, when, word, zone_name
from storage.mention import Mention
from templates.catalogue import Language, say

#: Bounds in characters, so that no crawled text makes a mail nobody reads.
MAX_TOPIC, MAX_TITLE, MAX_QUESTION, MAX_REASON, MAX_QUOTE = 40, 120, 120, 240, 120
ACCENTS = {1: COLOURS["volume"], 2: COLOURS["anxiety"], 3: COLOURS["hostility"], 4: "#8b0a2a"}
CALM = COLOURS["support"]


def incident_mail(
    draft: AlertDraft, briefing: Briefing, language: Language, context: Context
) -> Mail:
    """Write the mail about an incident's alert for readers of one language."""
    closed, stated = draft.kind is Kind.CLOSED, briefing.done.get("first")
    level = int(str(draft.values.get("level", 1)))
    topic = line(briefing.topic, MAX_TOPIC)
    what = said(draft, language, context)
    subject = "alerts.subject_closed" if closed else "alerts.subject_incident"
    badge = say("alerts.badge_closed", language) if closed else word("level", level, language)
    values = {
        "subject": say(subject, language, level=badge, topic=topic, what=what),
        "badge": badge,
        "accent": CALM if closed else ACCENTS.get(level, ACCENTS[4]),
        "topic": topic,
        "headline": what[:1].upper() + what[1:],
        "title": line(briefing.title, MAX_TITLE),
        "do": "do_closed" if closed else "do_stated" if stated else "do_incident",
        "why": "head_was" if closed else "head_why",
        "button": "button_closed" if closed else "button_incident",
        "url": context.incident_url(briefing.incident_id),
        "steps": [] if closed else _steps(briefing, language, context),
        "counts": rows(briefing.counts, language),
        "reasons": _reasons(briefing, language, context),
        "concerns": _concerns(briefing, language),
        "examples": [_example(one, briefing, language, context) for one in briefing.examples],
    }
    return render("incident", language, values | _shell(briefing.at, what, language, context))


def source_mail(draft: AlertDraft, at: datetime, language: Language, context: Context) -> Mail:
    """Write the mail about a source that went blind or sees again."""
    blind = draft.kind is Kind.BLIND
    what = said(draft, language, context)
    values = {
        "subject": say("alerts.subject_source", language, what=what),
        "badge": say("alerts.badge_source", language),
        "accent": COLOURS["volume"] if blind else CALM,
        "topic": "",
        "headline": what[:1].upper() + what[1:],
        "title": "",
        "do": "do_blind" if blind else "do_seeing",
        "button": "button_source",
        "url": context.sources_url(),
    }
    return render("source", language, values | _shell(at, what, language, context))


def said(draft: AlertDraft, language: Language, context: Context) -> str:
    """Return an alert's sentence, on one bounded line."""
    text: Mapping[str, object] = {"key": draft.key, "values": draft.values}
    return line(sentence(text, language, context.zone), MAX_TITLE)


def _shell(at: datetime, what: str, language: Language, context: Context) -> dict[str, object]:
    return {
        "time": when(at, context.zone),
        "zone": zone_name(at, context.zone, language),
        "preview": what,
    }


def _steps(briefing: Briefing, language: Language, context: Context) -> list[dict[str, object]]:
    owed = still_owed(briefing.first_alert, briefing.at, briefing.done, context.owed)
    steps = []
    for one in owed:
        late = one.left.total_seconds() < 0
        text = say(
            "alerts.step_late" if late else "alerts.step_due",
            language,
            time=clock_time(one.due, briefing.at, context.zone),
            left=span(abs(one.left), language),
        )
        label = say(f"alerts.step_{one.name}", language)
        steps.append({"label": label, "text": text, "late": late})
    return steps


def _reasons(briefing: Briefing, language: Language, context: Context) -> list[str]:
    spoken = (sentence(reason, language, context.zone) for reason in briefing.reasons)
    return list(dict.fromkeys(line(one, MAX_REASON) for one in spoken if one))


def _concerns(briefing: Briefing, language: Language) -> list[dict[str, str]]:
    return [
        {
            "question": quote(one.question, MAX_QUESTION),
            "size": say("alerts.concern_size", language, size=f"{one.size:,}"),
        }
        for one in briefing.concerns
    ]


def _example(
    mention: Mention, briefing: Briefing, language: Language, context: Context
) -> dict[str, str]:
    moods = " ".join(word("mood", mood, language) for mood in mention.moods)
    place = line(word("platform", mention.platform, language), MAX_TOPIC)
    time = clock_time(mention.published, briefing.at, context.zone)
    where = " · ".join(part for part in (place, time, moods) if part)
    return {"text": quote(mention.text, MAX_QUOTE), "where": where}
