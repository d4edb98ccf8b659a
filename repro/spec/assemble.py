"""From the tree of a file to the typed spec: every word, every experiment, every rung, each held against the rest."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from repro.spec.ablation import described
from repro.spec.dump import flow
from repro.spec.equal_experiments import equal_pairs
from repro.spec.experiment import Experiment, Model
from repro.spec.keywords import OF_A_PAPER, OF_A_PROPOSAL, SEGMENTING
from repro.spec.misspelt_words import as_meant
from repro.spec.overrides import Change
from repro.spec.partial import differs, why_partial
from repro.spec.place import Place
from repro.spec.problem import SpecError, unknown
from repro.spec.read_claims import read_claims
from repro.spec.read_discussion import read_answers_to_peers, read_questions
from repro.spec.read_experiment import read_experiment
from repro.spec.read_features import FeatureLists
from repro.spec.read_figures import FigureReader
from repro.spec.read_models import ModelReader
from repro.spec.read_proposal import read_figure_to_reproduce
from repro.spec.read_reported import ReportedReader
from repro.spec.read_sources import read_sources
from repro.spec.read_tracking import read_tracking
from repro.spec.read_weights import read_weights
from repro.spec.read_work import read_paper, read_proposal, read_related_work
from repro.spec.reading import Reading, is_none
from repro.spec.resolve import (
    COMMAND_LINE,
    Named,
    base_of,
    experiments_of,
    read_change,
    rungs_of,
    with_command_line,
    with_rung,
)
from repro.spec.spec import Ablation, Answer, Rung, Spec, Work
from repro.spec.tree import MapNode, Node, TextNode


def assemble(tree: MapNode, file: Path, *, rung: str, changes: Sequence[str]) -> Spec:
    """The typed spec at one rung.

    The file is checked whole, whatever the rung: as it stands, and with each of its rungs.

    Raises:
        SpecError: every problem found.

    """
    reading = Reading(file.parent)
    study = _Study(tree, file, reading)
    spec = study.at(rung, changes)
    if reading.problems:
        raise SpecError(reading.problems)
    assert spec is not None
    return spec


class _Study:
    def __init__(self, tree: MapNode, file: Path, reading: Reading) -> None:
        self.tree = tree = as_meant(tree, reading)
        self.file = file
        self.reading = reading
        self.kind: Literal["paper", "proposal"] = "proposal" if "proposal" in tree and "paper" not in tree else "paper"

    def get(self, word: str) -> Node | None:
        return self.tree.get(TextNode(word))

    def at(self, rung: str, changes: Sequence[str]) -> Spec | None:
        reading = self.reading
        self.check_words()
        work, due = self.work()
        question = self.question()
        related = (
            read_related_work(node, reading)
            if (node := self.get("related_work")) is not None and self.kind == "proposal"
            else {}
        )
        plain_experiments = experiments_of(self.tree, reading)
        names = [str(e.name) for e in plain_experiments]
        all_names = [str(k) for k in node] if isinstance(node := self.get("experiments"), MapNode) else []
        rungs = rungs_of(self.tree, all_names, reading)
        self.check_base(plain_experiments)
        full = self.read_all(plain_experiments)
        if len(full) == len(plain_experiments):
            self.check_votes(full)
        self.check_equal(plain_experiments, full)
        baseline = self.baseline(all_names, full)
        by_name: dict[str, Experiment | None] = {n: full.get(n) for n in all_names}
        trees = {str(e.name): e.tree for e in plain_experiments}
        tables = ReportedReader(by_name, expected=self.kind == "proposal", reading=reading)
        reported = tables.read(self.get("expected" if self.kind == "proposal" else "reported"))
        claims = read_claims(self.get("claims"), by_name, reading)
        figures = FigureReader(by_name, trees, reading).read(self.get("figures"))
        base_sources = read_sources(self.get("sources"), [base_of(self.tree), *trees.values()], self.tree, reading)
        answers = self.answers()
        questions = read_questions(self.get("questions"), reading)
        answers_to_peers = read_answers_to_peers(self.get("answers_to_peers"), reading)
        references = reading.texts(node, "references") if (node := self.get("references")) is not None else ()
        tracking = read_tracking(self.get("tracking"), reading)
        extra = self.extra(related, figures)
        if tables.curves:
            extra["expected_curves"] = {f"{c.experiment} {c.metric}": c.points for c in tables.curves}
        if due:
            extra["due"] = due
        counts: dict[str, int] = {}
        now, chosen = list(plain_experiments), None
        for name, rung_tree in rungs.items():
            known_problems = {(p.key, p.text) for p in reading.problems}
            before = len(reading.problems)
            with_it, landed = with_rung(plain_experiments, rung_tree, reading)
            if len(reading.problems) == before:
                self.read_all(with_it)
                self.read_sources_of(with_it)
                brought = [p for p in reading.problems[before:] if (p.key, p.text) not in known_problems]
                reading.problems[before:] = brought  # not what the spec has wrong without the rung
            if name == rung:
                now, counts, chosen = with_it, dict(landed), rung_tree
        if rung != "full" and rung not in rungs and not any(str(k) == rung for k in self.rung_names()):
            reading.say(COMMAND_LINE, "--rung", unknown("rung", rung, ["full", *rungs]))
        overrides = self.overrides(changes)
        if overrides:
            now, landed = with_command_line(now, overrides, chosen.only if chosen else (), reading)
            counts |= landed
        if reading.problems or work is None:
            return None
        experiments = full if now == plain_experiments else self.read_all(now)
        if reading.problems:
            return None
        by_now = {str(e.name): e for e in now}
        own_sources = {n: read_sources(e.tree.get(TextNode("sources")), None, None, reading) for n, e in by_now.items()}
        paths = tuple(str(c.path) for c in overrides)
        partial = {
            n: r for n, e in experiments.items() if (r := why_partial(by_now[n], e, own_sources[n], chosen, paths))
        }
        differing = {n: d for n, e in experiments.items() if (d := differs(by_now[n], e, own_sources[n]))}
        return Spec(
            place=self.tree.place,
            kind=self.kind,
            path=self.file,
            work=work,
            question=question or "",
            related_work=related,
            baseline=baseline or names[0],
            experiments={n: experiments[n] for n in names},
            reported=reported,
            claims=claims,
            figures=figures,
            sources=base_sources,
            rungs={
                n: Rung(place=r.place, name=n, only=r.only, changes={str(c.path): flow(c.value) for c in r.changes})
                for n, r in rungs.items()
            },
            rung=rung,
            overrides=tuple(changes),
            changed=counts,
            partial=partial,
            differs=differing,
            ablations={
                n: Ablation(parent=e.like, changes=described(e.changes, experiments[n], experiments[e.like]))
                for n, e in by_now.items()
                if e.like in experiments and n in experiments
            },
            answers=answers,
            questions=questions,
            answers_to_peers=answers_to_peers,
            references=references,
            tracking=tracking,
            extra=extra,
            places={str(word): word.place for word in self.tree},
        )

    def rung_names(self) -> Sequence[TextNode]:
        node = self.get("rungs")
        return list(node) if isinstance(node, MapNode) else []

    def check_words(self) -> None:
        """Unknown words, words of the other kind of spec, and words that must be there."""
        reading = self.reading
        for word in self.tree:
            if self.kind == "paper" and word in OF_A_PROPOSAL and word != "proposal":
                hint = "; a paper has `reported`" if word == "expected" else ""
                reading.say(word, str(word), f"belongs to a proposal, and this spec is of a paper{hint}")
            elif self.kind == "proposal" and word in OF_A_PAPER:
                hint = "; a proposal has `expected`" if word == "reported" else ""
                reading.say(word, str(word), f"belongs to a paper, and this spec is a proposal{hint}")
        if "paper" in self.tree and "proposal" in self.tree:
            reading.say(
                self.tree.key_place("proposal"), "proposal", "stands beside `paper`; a spec is of one of the two"
            )
        top = Place(self.tree.place.file, 1, 1)
        if "paper" not in self.tree and "proposal" not in self.tree:
            reading.say(top, "paper", "is missing; write paper: {title: ...}, or proposal: {title: ...}")
        for needed, example in (("question", "What do they want to find out?"), ("experiments", "{cnn: {model: cnn}}")):
            if needed not in self.tree:
                reading.say(top, needed, f"is missing; write {needed}: {example}")

    def work(self) -> tuple[Work | None, str]:
        node = self.get(self.kind)
        if node is None:
            return None, ""
        if self.kind == "proposal":
            return read_proposal(node, self.reading)
        return read_paper(node, "paper", self.reading), ""

    def question(self) -> str | None:
        node = self.get("question")
        return None if node is None else self.reading.text(node, "question")

    def check_base(self, experiments: Sequence[Named]) -> None:
        """Every model, feature list and weight rule of the file, those that no experiment uses too."""
        reading = self.reading
        base = base_of(self.tree)
        features = FeatureLists(base.get(TextNode("features")), base.get(TextNode("augment")), reading)
        features.read_all()
        ModelReader(base, features, reading).read_all()
        # A selector may name what only an experiment brings, so it is looked up in all of them.
        quiet = Reading(reading.folder)
        models: list[Model] = []
        weights: dict[int, Node] = {}
        visited: set[tuple[int, int]] = set()
        for tree in (base, *(e.tree for e in experiments)):
            weights_node = tree.get(TextNode("weights"))
            if weights_node is not None:
                weights[id(weights_node)] = weights_node
            both = (id(tree.get(TextNode("architecture"))), id(tree.get(TextNode("features"))))
            if both not in visited:
                visited.add(both)
                feature_lists = FeatureLists(tree.get(TextNode("features")), None, quiet)
                models += ModelReader(tree, feature_lists, quiet).read_all()
        if not quiet.problems:
            for weights_node in weights.values():
                read_weights(weights_node, models, reading)

    def read_all(self, experiments: Sequence[Named]) -> dict[str, Experiment]:
        read = {str(e.name): read_experiment(e, self.reading) for e in experiments}
        return {name: e for name, e in read.items() if e is not None}

    def read_sources_of(self, experiments: Sequence[Named]) -> None:
        trees = [e.tree for e in experiments]
        visited: set[int] = set()
        for tree in trees:
            node = tree.get(TextNode("sources"))
            if node is not None and node is not self.get("sources") and id(node) not in visited:
                visited.add(id(node))
                read_sources(node, trees, self.tree, self.reading)

    def check_equal(self, experiments: Sequence[Named], read: Mapping[str, Experiment]) -> None:
        places = {str(e.name): e.name.place for e in experiments}
        for first, second in equal_pairs(list(read.values())):
            text = f"comes out equal to {first!r} on line {places[first].line}; each experiment must change something"
            self.reading.say(places[second], f"experiments.{second}", text)

    def check_votes(self, read: Mapping[str, Experiment]) -> None:
        """A vote is of segments; in a study where nothing is cut into any it would count nothing."""
        entries = [e for x in read.values() for i in x.inputs.values() for e in (*i.cached, *i.live)]
        if any(e.own or e.name in SEGMENTING for e in entries) or any(":" in x.dataset.name for x in read.values()):
            return
        views = {(str(v.place), n): v for x in read.values() for n, v in x.views.items() if v.vote != "mean"}
        for (_, name), view in views.items():
            text = f"no experiment cuts its items into segments ({', '.join(sorted(SEGMENTING))}), so there is no vote"
            self.reading.say(view.place, f"evaluation.{name}.vote", text)

    def baseline(self, names: Sequence[str], experiments: Mapping[str, Experiment]) -> str | None:
        node = self.get("baseline")
        if node is None:
            self.reading.say(
                Place(self.tree.place.file, 1, 1),
                "baseline",
                "is missing; write baseline: NAME of the experiment to compare with",
            )
            return None
        name = self.reading.one_of(node, "baseline", "experiment", names)
        if name is not None and name in experiments and experiments[name].not_run is not None:
            self.reading.say(node, "baseline", f"{name!r} is not run, so nothing can be compared with it")
        return name

    def overrides(self, changes: Sequence[str]) -> list[Change]:
        overrides = []
        for text in changes:
            try:
                overrides.append(read_change(text))
            except SpecError as error:
                self.reading.problems += error.problems
        return overrides

    def answers(self) -> dict[str, Answer]:
        node = self.get("answers")
        if node is None or is_none(node):
            return {}
        answer_nodes = self.reading.block(node, "answers", None, example='{better_model: "..."}') or {}
        return {
            name: Answer(text=text, place=answer_node.place)
            for name, answer_node in answer_nodes.items()
            if (text := self.reading.text(answer_node, f"answers.{name}")) is not None
        }

    def extra(self, related: Mapping[str, Work], figures: Sequence[Any]) -> dict[str, Any]:
        """Words that only later rooms read."""
        extra: dict[str, Any] = {}
        node = self.get("figure_to_reproduce")
        if node is not None and self.kind == "proposal":
            names = [figure.name for figure in figures]
            extra["figure_to_reproduce"] = read_figure_to_reproduce(node, related, names, self.reading)
        return extra
