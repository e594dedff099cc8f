"""Training and choosing mood models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chengqing.cli.base import Given, Refused, command, sentence, text
from chengqing.wiring import Works, open_works

if TYPE_CHECKING:
    from chengqing.teach import Taught

#: What brings the installation's own model back.
OWN = "shipped"


@click.command("train", help=text("help_train"))
@click.option("--corrections", is_flag=True, help=text("help_corrections"))
@click.option("--list", "listing", is_flag=True, help=text("help_models"))
@click.option("--use", "version", metavar="VERSION", help=text("help_use"))
@click.option(
    "--beliefs", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help=text("help_beliefs"),
)  # fmt: skip
@click.option("--corpus", type=click.Path(path_type=Path), help=text("help_corpus"))
@click.option(
    "-o", "--output", "target", type=click.Path(path_type=Path, dir_okay=False),
    help=text("help_model_output"),
)  # fmt: skip
@click.pass_obj
@command
def train_(
    given: Given,
    /,
    corrections: bool,
    listing: bool,
    version: str | None,
    beliefs: Path | None,
    corpus: Path | None,
    target: Path | None,
) -> None:
    """Learn from a corpus, or from corrections; or list the models and choose one."""
    if [corrections, listing, version is not None, target is not None].count(True) != 1:
        raise Refused(text("train_one_of"), 2)
    if beliefs is not None and target is None:
        raise Refused(text("beliefs_need_output"), 2)
    if corpus is not None and target is None and not (corrections and _fixed(corpus)):
        raise Refused(text("corpus_unused", folder=corpus), 2)
    settings = given.settings()
    folder = corpus or settings.testdata / "corpus"
    if target is not None:
        _learn(folder, target, beliefs)
        return
    with open_works(settings) as works:
        if corrections:
            _teach(works, folder)
        else:
            _choose(works, version)


def _fixed(corpus: Path) -> bool:
    """Say whether a folder holds what joins the fixed set."""
    return (corpus / "dev.jsonl").is_file()


def _learn(folder: Path, target: Path, beliefs: Path | None) -> None:
    """Learn a model from labelled posts and print what it reaches on topics it had not seen."""
    from analysis.corpus import CorpusError
    from analysis.train import TrainingError, train_from

    if not (folder / "train.jsonl").is_file():
        raise Refused(text("no_corpus", folder=folder), 2)
    if target.exists() and not target.is_file():
        # It would be replaced, be it a device.
        raise Refused(text("model_needs_file", path=target), 2)
    try:
        report = train_from(folder, target, beliefs=beliefs)
    except (CorpusError, TrainingError) as error:
        raise Refused(sentence(error.why)) from error
    answer = {"version": report.version, "model": str(report.path), **report.figures}
    click.echo(json.dumps(answer, ensure_ascii=False, indent=1))


def _teach(works: Works, folder: Path) -> None:
    """Fold the corrections in, show both models' figures, and say which is in use."""
    from analysis.corpus import CorpusError
    from analysis.moods import ModelError
    from chengqing.teach import TeachError, teach

    try:
        taught = teach(works, folder)
    except TeachError as error:
        raise Refused(text(error.why)) from error
    except (CorpusError, ModelError) as error:
        raise Refused(sentence(error.why)) from error
    click.echo(text("taught", learnt=taught.learnt, kept=taught.kept_back, fixed=taught.fixed))
    for line in _figures(taught):
        click.echo(line)
    if not taught.verdict.accepted:
        raise Refused(text("model_refused", new=taught.version, old=taught.old))
    click.echo(text("model_in_use", version=taught.version))


def _figures(taught: Taught) -> list[str]:
    """Return both models' figures side by side."""
    verdict = taught.verdict
    new, old = verdict.fixed
    rows = [(text("judged_fixed"), old.macro, new.macro)]
    rows += [(text("judged_all"), verdict.old.macro, verdict.new.macro)]
    rows += [(f"F1 {mood}", verdict.old.f1[mood], verdict.new.f1[mood]) for mood in new.f1]
    rows += [
        (f"ECE {mood}", verdict.old.calibration[mood], verdict.new.calibration[mood])
        for mood in new.f1
    ]
    head = f"{taught.old:>14} {taught.version:>14}  {text('judged_by')}"
    return [head, *(f"{before:14.3f} {after:14.3f}  {name}" for name, before, after in rows)]


def _choose(works: Works, version: str | None) -> None:
    """Put a version in use; without one, list them."""
    from analysis.moods import ModelError

    try:
        if version is None:
            _list(works)
        else:
            _use(works, version)
    except ModelError as error:
        raise Refused(sentence(error.why)) from error


def _list(works: Works) -> None:
    from storage.mood_model import in_use, kept, uses

    with works.database.read() as session:
        present, rows, history = in_use(session), kept(session), uses(session)
    since = next((one.since for one in reversed(history) if one.version is None), None)
    own = works.models.named(None)
    told = [(OWN, own.version, since, "")]
    for row, last in rows:
        made = f"{row.made.astimezone(works.zone):%Y-%m-%d %H:%M}"
        new, old = row.figures["new"]["f1.macro"], row.figures["old"]["f1.macro"]
        what = text(
            "model_made", at=made, who=row.made_by, lessons=row.lessons, base=row.base,
            old=f"{old:.3f}", new=f"{new:.3f}",
        )  # fmt: skip
        told.append((row.version, row.version, last, what))
    for name, version, used, what in told:
        mark = "*" if (present or OWN) == name else " "
        when = f"{used.astimezone(works.zone):%Y-%m-%d %H:%M}" if used else "–"
        label = text("model_own", version=version) if name == OWN else version
        click.echo(f"{mark} {label}  {text('model_since', at=when)}  {what}".rstrip())


def _use(works: Works, version: str) -> None:
    """Put a kept model in use, or the installation's own, if it is whole."""
    from chengqing.models import operator
    from storage.mood_model import content, use

    with works.database.read() as session:
        chosen = None if content(session, version) is None else version
    found = works.models.named(chosen).version
    if version not in (OWN, found):
        raise Refused(text("model_unknown", version=version), 2)
    with works.database.begin() as session:
        use(session, chosen, operator(), works.clock())
    click.echo(text("model_in_use", version=found))
