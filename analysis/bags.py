"""Words of short posts: cut, counted, and weighed against what is said anyway."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import rjieba
from scipy import sparse

from analysis.plain import folded
from analysis.series import Floats

#: Words that say nothing about what a post is about. Question words stay out too: they show
#: that somebody asks, not what.
STOP = frozenset(
    """
    的 了 是 我 你 他 她 它 们 我们 你们 他们 咱们 自己 大家 人家 别人 这 那 这个 那个 这些 那些 这么
    那么 这样 那样 这里 那里 这种 那种 此 该 某 每 各 在 有 没有 没 不 不是 也 都 就 就是 还 还是 还有 又 再
    很 太 更 最 非常 真 真的 真是 好 好好 吧 吗 呢 啊 呀 哦 哈 哈哈 哈哈哈 嘿嘿 呵呵 嗯 唉 哎 啦 嘛 么 哇 哪
    和 与 及 或 或者 而 而且 并 并且 但 但是 可是 不过 只是 因为 所以 如果 要是 虽然 即使 为了 对 对于 关于 把
    被 给 让 使 从 到 向 往 由 以 用 跟 同 比 于 之 其 个 一个 一 两 二 三 几 多 多少 些 一些 一下 一样 一直
    一定 已经 正在 将 会 能 可以 可能 应该 要 想 需要 必须 得 去 来 上 下 里 中 外 前 后 时 时候 现在 今天 昨天
    明天 刚 刚刚 什么 怎么 怎么样 为什么 为何 如何 谁 哪里 哪个 哪些 是否 是不是 有没有 能不能 到底 究竟 难道
    说 说是 看 看看 看到 知道 觉得 感觉 认为 做 搞 弄 叫 像 当 成 起来 出来 下来 下去 这是 那是 都是 只有 只
    才 却 另 另外 其实 然后 那就 反正 至于 等 等等 之类 东西 事 事情 问题 人 有人 转发 微博 转 回复 分享 网页
    链接 全文 用户 啥 咋 呗 喔 哟 哼 诶 靠 额 呃 的话 地 着 过 所 请 谢谢 亲 亲们 楼主 图片 评论 不要 不能
    不会 不知 不知道 可 便 则 既 连 又是 也是 算 算是 以后 以前 之后 之前 竟然 居然 简直 完全 肯定 绝对 当然
    """.split()
)
#: Feelings without a subject. A post of nothing else belongs to its mood's curve, not here.
FEELINGS = frozenset(
    """
    可怕 恐怖 吓人 吓死 吓死人 害怕 担心 小心 当心 注意 注意安全 可恶 可恨 气愤 愤怒 恶心 无语 呵呵 震惊 难过 悲哀
    可怜 心疼 痛心 无耻 垃圾 滚蛋 去死 天啊 天哪 妈呀 我靠 卧槽 我操 尼玛 他妈 他妈的 妈的 坑爹 搞笑 笑死 哈哈哈哈
    胡说八道 扯淡 关注 支持 加油 祈福 泪奔 神马 真心 想想
    """.split()
)
#: The one question every rumour raises, however it is put.
TRUTH = "是否属实"
_TRUTH = re.compile(
    r"真的?假的?|是真的?[吗么嘛]|真的[吗么嘛]|真假|是不是真|是真是假|真有(?:这|此)事|属实[吗么？?]|可信[吗么]|靠谱[吗么]|真的[?？]"
)
_WORD = re.compile(r"[0-9a-z\u00c0-\u024f\u3400-\u9fff]+$")
_ONLY_DIGITS = re.compile(r"\d+$")
#: Characters of a post that are read, and words that are told apart.
READ, MOST_WORDS = 200, 1_500


def cut(text: str) -> list[str]:
    """Return the telling words of a text, folded; one-character words are left out."""
    text = folded(text[:READ])
    words = [
        word
        for word in rjieba.cut(text, True)
        if len(word) > 1
        and word not in STOP
        and word not in FEELINGS
        and _WORD.match(word)
        and not _ONLY_DIGITS.match(word)
    ]
    return [*words, TRUTH] if _TRUTH.search(text) else words


@dataclass(frozen=True)
class Bags:
    """Texts as weighted words.

    Attributes:
        table: TF-IDF rows of unit length, shape (texts, words).
        words: the word of each column.
        place: the column of each word.
        rarity: inverse document frequency of each word, shape (words,).
    """

    table: sparse.csr_array
    words: list[str]
    place: dict[str, int]
    rarity: Floats


def bags(texts: Sequence[str], stop: frozenset[str] = frozenset(), least: int = 3) -> Bags:
    """Weigh the words of texts.

    Words in fewer than ``least`` texts, or in more than half of them, are left out, and all
    but the :data:`MOST_WORDS` most frequent.
    """
    held = [set(cut(text)) - stop for text in texts]
    counts = Counter(word for words in held for word in words)
    most = max(len(texts) * 0.5, least)
    ranked = sorted((-count, word) for word, count in counts.items() if least <= count <= most)
    words = sorted(word for _, word in ranked[:MOST_WORDS])
    place = {word: number for number, word in enumerate(words)}
    rows = [sorted(place[word] for word in mine if word in place) for mine in held]
    starts = np.concatenate(([0], np.cumsum([len(row) for row in rows]))).astype(np.int64)
    columns = np.array([column for row in rows for column in row], dtype=np.int64)
    rarity = np.log((1 + len(texts)) / (1 + np.array([counts[w] for w in words], np.float64))) + 1
    table = sparse.csr_array((rarity[columns], columns, starts), shape=(len(texts), len(words)))
    norms = np.sqrt(np.asarray(table.power(2).sum(axis=1)))
    table.data /= np.repeat(np.maximum(norms, 1e-12), np.diff(table.indptr))
    return Bags(table, words, place, rarity)


def telling(inside: Iterable[str], outside: Iterable[str], most: int = 8) -> list[str]:
    """Return the words that set ``inside`` texts apart from ``outside`` ones, best first.

    Ranked by the log-odds of texts that hold a word, with half a text of doubt on each side
    (Monroe, Colaresi and Quinn 2008, with a flat prior), over its standard error.
    """
    mine, theirs = list(inside), list(outside)
    here = Counter(word for text in mine for word in set(cut(text)))
    there = Counter(word for text in theirs for word in set(cut(text)))
    scored = []
    for word, count in here.items():
        if count < 2:
            continue
        a, b = count + 0.5, len(mine) - count + 0.5
        c, d = there[word] + 0.5, len(theirs) - there[word] + 0.5
        odds = np.log(a / b) - np.log(c / d)
        scored.append((odds / np.sqrt(1 / a + 1 / b + 1 / c + 1 / d), word))
    ranked = sorted(scored, key=lambda pair: (-pair[0], pair[1]))
    return [word for score, word in ranked[:most] if score > 1]
