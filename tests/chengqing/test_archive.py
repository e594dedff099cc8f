from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from chengqing import archive
from storage.base import Database
from storage.migrate import upgrade
from storage.mood_model import MoodModelRow, content, in_use, use
from storage.person import Person
from storage.topic import Topic


def _fill(database: Database, now: datetime) -> None:
    with database.begin() as session:
        session.add(Topic(name="獾杯", query="獾杯", created=now))
        session.add(Person(email="a@b", name="甲", roles=["officer"], password="-", created=now))


def _open(url: str) -> Database:
    database = Database(url)
    upgrade(database)
    return database


def test_a_backup_comes_back_whole_and_new_rows_follow(
    empty_url: str, tmp_path: Path, now: datetime
) -> None:
    source = _open(f"sqlite:///{tmp_path / 'source.db'}")
    _fill(source, now)
    assert archive.write(source, tmp_path / "all.zip") == 2
    target = _open(empty_url)
    assert archive.read(target, tmp_path / "all.zip") == 2
    with target.begin() as session:
        kept = session.scalar(select(Topic))
        assert kept is not None
        assert (kept.name, kept.created) == ("獾杯", now)
        session.add(Topic(name="乙", query="乙", created=now + timedelta(1)))
        session.flush()
        assert session.scalar(select(func.max(Topic.id))) == 2
    source.close()
    target.close()


def test_an_installed_model_comes_back_to_the_byte(
    empty_url: str, tmp_path: Path, now: datetime
) -> None:
    source = _open(f"sqlite:///{tmp_path / 'source.db'}")
    whole = bytes(range(256)) * 20
    with source.begin() as session:
        kept = {"figures": {}, "base": "a", "lessons": 3, "made": now, "made_by": "甲"}
        session.add(MoodModelRow(version="b", content=whole, **kept))
        session.flush()
        use(session, "b", "甲", now)
    archive.write(source, tmp_path / "all.zip")
    target = _open(empty_url)
    archive.read(target, tmp_path / "all.zip")
    with target.read() as session:
        assert in_use(session) == "b"
        assert content(session, "b") == whole
    source.close()
    target.close()


def test_a_filled_database_a_cut_file_and_no_backup_are_refused(
    tmp_path: Path, now: datetime
) -> None:
    source = _open(f"sqlite:///{tmp_path / 'source.db'}")
    _fill(source, now)
    whole = tmp_path / "all.zip"
    archive.write(source, whole)
    with pytest.raises(archive.ArchiveError, match=r"person|topic"):
        archive.read(source, whole)
    target = _open(f"sqlite:///{tmp_path / 'target.db'}")
    (tmp_path / "cut.zip").write_bytes(whole.read_bytes()[:-40])
    (tmp_path / "text.zip").write_text("no")
    for name in ("cut.zip", "text.zip"):
        with pytest.raises(archive.ArchiveError, match=name):
            archive.read(target, tmp_path / name)
    with target.read() as session:
        assert session.scalar(select(func.count()).select_from(Topic)) == 0
    source.close()
    target.close()


def test_only_the_owner_may_read_a_backup(tmp_path: Path) -> None:
    source = _open(f"sqlite:///{tmp_path / 'source.db'}")
    # What a run left that was killed.
    (tmp_path / "all.zip.part").touch(mode=0o644)
    archive.write(source, tmp_path / "all.zip")
    assert (tmp_path / "all.zip").stat().st_mode & 0o077 == 0
    source.close()


def test_of_a_backup_that_failed_nothing_is_left(tmp_path: Path) -> None:
    source = _open(f"sqlite:///{tmp_path / 'source.db'}")
    with source.begin() as session:
        session.execute(text("DROP TABLE approval"))
    with pytest.raises(OperationalError):
        archive.write(source, tmp_path / "all.zip")
    assert list(tmp_path.glob("all.zip*")) == []
    source.close()


def test_a_backup_waits_for_no_writer_and_none_for_it(tmp_path: Path, now: datetime) -> None:
    source = _open(f"sqlite:///{tmp_path / 'source.db'}")
    _fill(source, now)
    with source.begin() as session:
        session.add(Topic(name="乙", query="乙", created=now))
        session.flush()
        assert archive.write(source, tmp_path / "all.zip") == 2
    source.close()
