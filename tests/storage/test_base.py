"""The database door: instants, transactions, and readers that block nobody."""

from sqlalchemy import text


def test_smoke(database):
    with database.begin() as session:
        assert session.scalar(text("select 1")) == 1


def test_smoke2(empty_url):
    assert empty_url
