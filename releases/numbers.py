"""Release numbers: the issuer's initials, the year, and a count without gaps."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy.orm import Session

from releases.company import Company
from releases.terms import Terms
from storage.release import next_in


def next_number(session: Session, now: datetime, terms: Terms) -> str:
    """Take the next number of this year, such as CQ-2026-0001, in the caller's transaction."""
    series = f"{prefix(terms.company)}-{now.astimezone(terms.zone).year}"
    return f"{series}-{next_in(session, series):04}"


def prefix(company: Company) -> str:
    """Return up to four initials of the company's English name, or CQ; safe in an address."""
    initials = "".join(word[0] for word in re.findall(r"[A-Za-z]+", company.name_en))[:4]
    return initials.upper() if len(initials) > 1 else "CQ"
