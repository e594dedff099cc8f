from __future__ import annotations

import copy
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from releases import workflow
from releases.edit import apply, blocks
from releases.refusal import NotAllowed
from storage.release import ReleaseState
from storage.topic import Topic


def form(release):
    return {block.path: block.text for block in blocks(release.content)}


def test_a_form_sent_back_untouched_changes_nothing(asked):
    release = asked.draft(until=timedelta(hours=3))
    again = apply(release.content, form(release), asked.now)
    assert again == release.content


def test_blocks_stand_in_the_order_of_print(asked):
    paths = [block.path for block in blocks(asked.draft().content)]
    assert paths[:2] == ["headline", "lead"]
    assert paths.index("sections/0") < paths.index("answers/0") < paths.index("unknowns")


def test_what_a_person_writes_is_theirs_and_the_rest_keeps_its_origin(asked):
    release = asked.draft()
    lines = form(release)["lead"] + "\n感谢大家的监督。"
    changed = apply(release.content, {"lead": lines}, asked.now)
    assert [one["origin"] for one in changed["lead"]] == ["template"] * 3 + ["human"]


def test_a_counted_number_changed_by_hand_is_a_claim_without_fact(asked):
    release = asked.draft()
    talk = form(release)["sections/0"].replace("3条", "3000条")
    asked.do(workflow.edit, release, "author", changes={"sections/0": talk})
    with pytest.raises(NotAllowed) as refused:
        asked.submit(release)
    assert {one.rule for one in refused.value.findings} == {"R1"}


def test_another_number_than_the_fact_s_is_refused(asked):
    asked.fact("涂层厚度为30微米。", "涂层")
    release = asked.draft()
    lead = form(release)["lead"].replace("30微米", "20微米")
    asked.do(workflow.edit, release, "author", changes={"lead": lead})
    with pytest.raises(NotAllowed, match="R3"):
        asked.submit(release)


def test_an_edit_by_another_makes_a_writer_of_them_and_voids_what_was_agreed(asked):
    release = asked.submit(asked.draft())
    asked.do(workflow.approve, release, "lead")
    asked.do(workflow.edit, release, "lawyer", changes={"headline": "云朵獾澄清声明"})
    assert release.state == ReleaseState.DRAFT
    assert release.headline == "云朵獾澄清声明"
    assert release.writers == [asked.people["author"].id, asked.people["lawyer"].id]
    asked.submit(release)
    with pytest.raises(NotAllowed, match="不能批准自己写的内容"):
        asked.do(workflow.approve, release, "lawyer")


def test_a_text_that_comes_back_does_not_revive_what_was_agreed(asked):
    release = asked.submit(asked.draft())
    asked.agree(release)
    before = form(release)["headline"]
    asked.do(workflow.edit, release, "author", changes={"headline": "云朵獾声明"})
    asked.do(workflow.edit, release, "author", changes={"headline": before})
    asked.submit(release)
    assert release.state == ReleaseState.IN_REVIEW
    with pytest.raises(NotAllowed):
        asked.do(workflow.publish, release, "publisher")


def test_an_edit_without_change_voids_nothing(asked):
    release = asked.submit(asked.draft())
    asked.agree(release)
    asked.do(workflow.edit, release, "author", changes=form(release))
    assert release.state == ReleaseState.APPROVED


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"nowhere": "x"}, "edit_path"),
        ({"answers/9": "x"}, "edit_path"),
        ({"answers/-1": "x"}, "edit_path"),
        ({"sections/0/status": "answered"}, "edit_path"),
        ({"answers/0/status": "perhaps"}, "edit_status"),
        ({"headline": "\u200b"}, "edit_headline"),
        ({"lead": "句。\n" * 101}, "edit_too_long"),
        ({"next_update": "tomorrow"}, "edit_time"),
        ({"next_update": "2026-05-21T18:00"}, "edit_time"),
        ({"next_update": "2026-05-20T20:00+08:00"}, "next_update_past"),
        ({"lead": "涂层合格。[F99]"}, "no_fact"),
    ],
)
def test_what_cannot_be_read_is_refused_and_changes_nothing(asked, changes, key):
    release = asked.draft()
    before = copy.deepcopy(release.content)
    with pytest.raises(NotAllowed) as refused:
        asked.do(workflow.edit, release, "author", changes=changes)
    assert refused.value.key == f"releases.{key}"
    assert release.content == before


def test_a_fact_of_another_topic_is_not_ours_to_use(asked):
    other = asked.fact("涂层合格。", "涂层")
    other.topic_id = _another_topic(asked)
    asked.session.flush()
    release = asked.draft()
    with pytest.raises(NotAllowed, match="没有事实"):
        asked.do(workflow.edit, release, "author", changes={"lead": f"涂层合格。[F{other.id}]"})


def _another_topic(room):
    topic = Topic(name="另一主题", query="x", created=room.now)
    room.session.add(topic)
    room.session.flush()
    return topic.id


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.dictionaries(st.sampled_from(["headline", "lead", "answers/0", "unknowns"]), st.text()))
def test_any_form_is_taken_or_refused_and_reads_back(asked, changes):
    release = asked.draft()
    try:
        changed = apply(release.content, changes, asked.now)
    except NotAllowed:
        return
    form_again = {block.path: block.text for block in blocks(changed)}
    assert apply(changed, form_again, asked.now) == changed
