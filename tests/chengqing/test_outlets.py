"""The team's table of outlets from the terminal."""

from tests.chengqing.conftest import Run


def test_an_outlet_is_placed_listed_and_forgotten(installed: Run) -> None:
    assert (
        "peoples.example"
        in installed("outlet", "set", "https://WWW.peoples.example/n/1", "news").output
    )
    listed = installed("outlet", "list").output
    assert "peoples.example\tnews\t" in listed
    assert "新华网\tcentral\t" in listed
    installed("outlet", "set", "新華網", "media")
    listed = installed("outlet", "list").output
    assert "新华网\tmedia\t" in listed
    assert "新华网\tcentral\t" not in listed
    assert installed("outlet", "forget", "peoples.example").exit_code == 0
    assert "peoples.example" not in installed("outlet", "list").output


def test_what_cannot_be_placed_is_said(installed: Run) -> None:
    assert installed("outlet", "forget", "nobody.example").exit_code == 2
    assert installed("outlet", "set", " ", "news").exit_code == 2
    assert installed("outlet", "set", "a.example", "huge").exit_code == 2
