"""What a statement's public page says beside its text: its sources, and itself for machines."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from releases.company import Company
from releases.content import told_ids
from releases.view import PublicRelease
from storage.release import Claim, Fact, Release


@dataclass(frozen=True)
class Sourced:
    """One fact that a published statement rests on, and where it comes from."""

    statement: str
    source: str


def sources_of(session: Session, release: Release) -> list[Sourced]:
    """Return the facts behind a release in the order of its claims; no person, no inner note.

    A fact that no sentence tells stays out: who signed the text did not agree to publish it.
    """
    told = told_ids(release.content)
    rows = session.scalars(
        select(Fact)
        .join(Claim, Claim.fact_id == Fact.id)
        .where(Claim.release_id == release.id, Fact.id.in_(told))
        .order_by(Claim.id)
    )
    facts = {fact.id: fact for fact in rows}
    return [Sourced(fact.statement, fact.source) for fact in facts.values()]


def news_article(release: PublicRelease, company: Company) -> str:
    """Return schema.org NewsArticle as JSON that is safe inside a script element."""
    article = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": release.id,
        "headline": release.headline,
        "description": release.summary,
        "articleBody": release.text,
        "inLanguage": "zh-CN",
        "genre": "Press Release",
        "url": release.url,
        "mainEntityOfPage": release.url,
        "identifier": release.number,
        "version": release.version,
        "dateline": company.city,
        "datePublished": release.published.isoformat(),
        "dateModified": release.updated.isoformat(),
        "author": {"@type": "Organization", "name": release.issuer},
        "publisher": {"@type": "Organization", "name": release.issuer},
    }
    text = json.dumps(article, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
