"""Posts become arrays whatever they hold."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analysis.text import EDGE, LINK, LONGEST, MENTION, encode

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=80)


def folded(text: str) -> str:
    codes = encode([text])
    return "".join(map(chr, codes.values[1:-1]))


def test_width_case_digits_and_script_fold() -> None:
    assert folded("ＡＢc１2①") == "abc001"
    assert folded("這個廠商說謊") == "这个厂商说谎"


def test_marks_that_hide_words_are_dropped() -> None:
    assert folded("垃\u200b圾\u202e\ufeff") == "垃圾"


def test_links_names_and_markup_become_one_character() -> None:
    assert folded("看http://t.cn/A6xyz！") == f"看{LINK}!"
    assert folded("@张三：你好") == f"{MENTION}:你好"
    assert folded("@用户你好") == f"{MENTION}你好"
    assert folded("<b>真的</b>") == " 真的 "


def test_a_lone_less_than_is_kept() -> None:
    assert folded("3<5") == "0<0"


def test_long_texts_are_cut() -> None:
    assert len(folded("好" * 100_000)) == LONGEST


@given(st.lists(ANYTHING, max_size=6))
def test_every_text_has_its_own_stretch(texts: list[str]) -> None:
    codes = encode(texts)
    assert len(codes.starts) == len(texts) + 1
    assert codes.starts[-1] == len(codes.values)
    assert (np.diff(codes.starts) >= 2).all()
    assert ((codes.values == EDGE).sum()) == 2 * len(texts)


@given(ANYTHING, ANYTHING)
def test_neighbours_do_not_matter(text: str, other: str) -> None:
    alone, together = encode([text]), encode([other, text, other])
    begin, end = together.starts[1:3]
    assert together.values[begin:end].tolist() == alone.values.tolist()
