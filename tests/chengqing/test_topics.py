from tests.chengqing.conftest import Run


def test_a_topic_is_tried_added_changed_and_archived(installed: Run) -> None:
    tried = installed("topic", "try", "獾杯 NOT 招聘")
    assert tried.exit_code == 0, tried.output
    assert "最近 30 天：0 条" in tried.output
    assert installed("topic", "add", "云獾", "云獾 AND 杯").exit_code == 0
    assert installed("topic", "add", "云獾", "云獾").exit_code == 2
    assert installed("topic", "set", "云獾", "--query", "云獾").exit_code == 0
    assert "2\t云獾\t云獾" in installed("topic", "list").output
    assert installed("topic", "archive", "云獾").exit_code == 0
    assert "已归档" in installed("topic", "list").output
    assert installed("topic", "restore", "云獾").exit_code == 0
    assert "已归档" not in installed("topic", "list").output
    assert installed("topic", "archive", "谁").exit_code == 2


def test_a_wrong_query_is_shown_where_it_is_wrong(installed: Run) -> None:
    result = installed("topic", "try", "獾杯 AND (云獾")
    assert result.exit_code == 2
    assert "第 8 个字符" in result.output
    assert "»(«" in result.output


def test_an_empty_name_or_query_is_refused_and_not_passed_over(installed: Run) -> None:
    assert installed("topic", "add", "云獾", "云獾").exit_code == 0
    assert installed("topic", "set", "云獾", "--query", "").exit_code == 2
    assert installed("topic", "set", "云獾", "--name", "").exit_code == 2
    assert installed("topic", "set", "云獾").exit_code == 2
