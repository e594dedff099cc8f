"""What is asked in an affair, as the pipeline keeps it."""

from __future__ import annotations

from datetime import timedelta

from chengqing.pipeline.concerns import refresh_concerns
from storage.base import Database
from storage.incident import Concern, Incident, concerns_of
from storage.mention import MOOD_BITS, Mention, MentionTopic
from storage.topic import Topic


def test_a_concern_keeps_every_mood_of_its_posts(database: Database, clock) -> None:
    now = clock()
    with database.begin() as session:
        topic = Topic(name="獾杯", query="獾杯", created=now - timedelta(days=2))
        session.add(topic)
        session.flush()
        opened = now - timedelta(hours=1)
        incident = Incident(topic_id=topic.id, title="", opened=opened, last_spike=opened)
        incident.stage, incident.stage_at = "outbreak", opened
        session.add(incident)
        for number in range(18):
            at = now - timedelta(minutes=number + 1)
            mention = Mention(platform="weibo", platform_id=str(number), kind="post", model="m")
            mention.text = ("退款到账了吗", "奶粉批次是哪个")[number % 2]
            mention.published = mention.first_seen = mention.last_seen = at
            mention.labels = MOOD_BITS["doubt"] | MOOD_BITS["hostility"]
            mention.doubt, mention.hostility = 0.8, 0.6
            session.add(mention)
            session.flush()
            session.add(MentionTopic(mention_id=mention.id, topic_id=topic.id, published=at))
        earlier = Concern(incident_id=incident.id, key="k", question="别的", size=9, growth=1.0)
        earlier.words, earlier.updated = ["别的"], now - timedelta(hours=1)
        session.add(earlier)
        session.flush()
        refresh_concerns(session, incident, now)
        session.flush()
        found = concerns_of(session, incident.id)
        moods = [concern.moods for concern in found]
        assert [concern.size for concern in found] == [9, 9]
        assert "别的" not in [concern.question for concern in found], "nobody asks it any more"
        assert session.get_one(Concern, earlier.id).size == 0
    assert moods == [{"anxiety": 0.0, "doubt": 0.8, "hostility": 0.6}] * 2
