"""Prepare an experiment's data: read, split, check for leaks, compute features, make targets."""

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import LongTensor, Tensor

from repro.data import gate, splits
from repro.data.arrays import AnyArray, IntArray
from repro.data.build_progress import OnComputed
from repro.data.check_view import check_view
from repro.data.data_error import DataError, OwnCodeNeeded
from repro.data.datasets.read import read_items
from repro.data.divide import gate_words, need_columns, need_groups, split_of
from repro.data.feature_array import FeatureArray
from repro.data.features.chain import Kind
from repro.data.features.mixup import Mixup
from repro.data.folder_signature import signature
from repro.data.input_chains import InputChains, augmentation, build_chains, likely_kinds
from repro.data.items import Items
from repro.data.lru_cache import LruCache
from repro.data.on_the_fly import BatchTransform
from repro.data.own_code import code_sha256
from repro.data.own_reads import code_state
from repro.data.prepare_inputs import fit_chain, make_inputs, need_same_segments
from repro.data.prepared import Data, Part, Target
from repro.data.splits import Split
from repro.data.targets import read_target, target_of
from repro.spec.dataset_facts import facts_with
from repro.spec.experiment import Dataset, Experiment, Input, Label, View
from repro.spec.own_folder import is_folder
from repro.spec.problem import Problem, SpecError
from repro.spec.shape import Shape


@dataclass(frozen=True, eq=False)
class _InputFeatures:
    chains: InputChains
    made: FeatureArray
    fitted: list[str]
    fitted_on: str
    kinds: frozenset[Kind] = frozenset()


Reader = Callable[[Dataset, Path], Items]
"""Gives the items of a data set, for the spec's folder."""

_ITEMS: LruCache[Items] = LruCache(2**28, lambda items: items.memory_bytes)
_GATES: LruCache[dict[str, Any]] = LruCache(16, lambda _: 1)
_INPUTS: LruCache[_InputFeatures] = LruCache(2**29, lambda input_features: input_features.made.memory_bytes)


def prepare(
    experiment: Experiment,
    *,
    seed: int,
    folder: Path,
    fold: int | None = None,
    items: Items | None = None,
    on_computed: OnComputed | None = None,
    reader: Reader | None = None,
    leaks: Mapping[str, Any] | None = None,
) -> Data:
    """The data of one run. What several experiments share is made once in a process.

    Args:
        experiment: resolved by the spec room.
        seed: the run's seed; it changes the data only where the splits say ``seed: run``.
        folder: the spec's folder, for own code.
        fold: number of the run's fold, from 1; None where the splits have no folds.
        items: to use instead of the data set's own.
        on_computed: told how far the features of recordings are.
        reader: gives the items of the experiment's data sets; :func:`read` by default.
        leaks: the leakage gate's result for these items, where it is known; it is not asked again.

    Raises:
        DataError: data that cannot be had or do not fit the spec (downloads, own code and the leakage gate have
            classes of their own below it).
        SpecError: a feature that cannot work on these items, at its line.

    """
    stand_in = items is not None
    reader = reader or read
    if items is None:
        items = reader(experiment.dataset, folder)
        need_groups(items, experiment)
    labels = experiment.labels
    split = split_of(items, experiment, seed=seed, fold=fold, folder=folder)
    train = split.parts["train"]
    rows = np.unique(np.concatenate(list(split.parts.values())))

    inputs = {
        n: _input(items, input_spec, experiment, split, rows, folder, on_computed)
        for n, input_spec in experiment.inputs.items()
    }
    need_same_segments({name: input_features.made for name, input_features in inputs.items()}, experiment, rows)
    fitted = [f"{name} ({n})" for n, input_features in inputs.items() for name in input_features.fitted]
    if leaks is None:
        leaks = _gate(items, split, fitted, experiment, folder, sounds=not stand_in)

    targets: dict[str, Target] = {}
    columns: dict[str, Tensor | FeatureArray] = {}
    for name, label in labels.items():
        target = target_of(label, _label_facts(experiment.dataset, label))
        if label.kind == "input":
            targets[name] = target
            if inputs:  # else nobody asked for them
                targets[name], columns[name] = _input_target(items, label, target, inputs, rows, folder)
        else:
            targets[name], columns[name] = read_target(items, label, target, rows, train)

    parts = {n: _part(part, rows, inputs, columns) for n, part in split.parts.items()}
    views: dict[str, BatchTransform] = {}
    view_columns: dict[str, Mapping[str, AnyArray]] = {}
    for view in experiment.views.values():
        if view.dataset is not None:
            others = reader(view.dataset, folder)
            parts[view.name] = _other_part(view, others, experiment, inputs, targets, folder)
            view_columns[view.name] = others.columns
        elif view.of not in parts:
            raise DataError(f"evaluation.{view.name}: there is no {view.of} part; there are {', '.join(parts)}")
        elif view.augment:
            parts[view.name] = parts[view.of]
        if view.augment:
            views[view.name] = _view_live(view, inputs, folder)
        check_view(view, view_columns.get(view.name, items.columns), targets)
    return Data(
        parts=parts,
        shapes={n: input_features.chains.shape for n, input_features in inputs.items()},
        labels=targets,
        data_sha256=items.sha256,
        splits_sha256=split.sha256,
        gate=leaks,
        live=BatchTransform(
            {n: m.chains.augment for n, m in inputs.items()},
            {n: m.chains.after for n, m in inputs.items()},
            mixup=_mixup(experiment, inputs),
            classes={n: len(t.classes or ()) for n, t in targets.items() if t.kind == "class"},
        ),
        splits=split,
        views=views,
        columns=items.columns,
        view_columns=view_columns,
        fitted=tuple(fitted),
    )


def describe(
    experiment: Experiment, folder: Path, *, own_code: bool = False
) -> tuple[dict[str, Shape], dict[str, Target]]:
    """Shapes of the inputs as the model sees them, and the targets, from the index's facts. Reads no data.

    Recordings that are not there yet are taken to differ in rate, channels and length: their shapes are known where
    the features bring them to one.

    Args:
        experiment: resolved by the spec room.
        folder: the spec's folder.
        own_code: whether own code may be run. Without it a study whose data set, features or augmentation are own
            code has no shapes; with it own data are made.

    Raises:
        OwnCodeNeeded: the shapes are only known by running own code.
        DataError: own data that cannot be read.
        SpecError: a feature that cannot work on these items, at its line.

    """
    entries = [e for i in experiment.inputs.values() for e in (*i.cached, *i.augment, *i.live)]
    own = [n for n in (experiment.dataset.name, *(e.name for e in entries)) if ":" in n]
    if own and not own_code:
        raise OwnCodeNeeded(f"shapes are only known by running {', '.join(dict.fromkeys(own))}")
    if is_away(experiment.dataset, folder):
        items = None
        shape, rate = Shape.of("C T", 0, 0), None
        kinds = likely_kinds(shape, rate)
    elif experiment.dataset.is_own:
        items = read(experiment.dataset, folder)
        shape, rate, kinds = items.shape, items.rate, _kinds(items)
        nothing = np.zeros(0, dtype=np.int64)
        everything = np.arange(len(items), dtype=np.int64)
    else:
        items = None
        facts = facts_with(experiment.dataset.name, experiment.dataset.args)
        shape, rate, kinds = facts.shape, facts.rate, likely_kinds(facts.shape, facts.rate)
    shapes = {
        name: build_chains(
            input_spec, shape, rate=rate, folder=folder, kinds=kinds, place=experiment.dataset.place
        ).shape
        for name, input_spec in experiment.inputs.items()
    }
    targets = {}
    for name, label in experiment.labels.items():
        target = target_of(label, _label_facts(experiment.dataset, label))
        if label.kind == "input":
            target = replace(target, sizes=shapes[_input_of(label, tuple(shapes))].sizes)
        elif items is not None:
            target = read_target(items, label, target, nothing, everything)[0]
        targets[name] = target
    return shapes, targets


def is_away(dataset: Dataset, folder: Path) -> bool:
    """Whether a data set is a folder of one's own that is not there yet, while the spec says how much it will hold."""
    return dataset.items is not None and is_folder(dataset.name) and not (folder / dataset.name).is_dir()


def forget() -> None:
    """Forget everything that this process has made, to free its memory."""
    for cache in (_ITEMS, _GATES, _INPUTS):
        cache.clear()


def read(dataset: Dataset, folder: Path, make: Reader | None = None) -> Items:
    """The items of a data set, made once in a process by ``make``. DataError when they cannot be had."""
    code = code_state(folder, [dataset.name.partition(":")[0]] if dataset.is_code else [])
    place = (str(folder.resolve()), signature(dataset, folder)) if dataset.is_own else None
    key = (dataset.name, _text(dataset.args), code, place)
    return _ITEMS.get(key, lambda: (make or read_items)(dataset, folder))


def _input(
    items: Items,
    input_spec: Input,
    experiment: Experiment,
    split: Split,
    rows: IntArray,
    folder: Path,
    on_computed: OnComputed | None,
) -> _InputFeatures:
    views_augment = any(view.augment for view in experiment.views.values())
    entries = (*input_spec.cached, *input_spec.augment, *input_spec.live)
    files = sorted({e.own[0] for e in entries if e.own})
    key: Hashable = (
        items.sha256,
        input_spec.model_dump_json(),
        views_augment,
        code_sha256(folder, files),
        str(folder.resolve()) if files else None,
        split.sha256,
    )

    def make() -> _InputFeatures:
        chains = build_chains(
            input_spec,
            items.shape,
            rate=items.rate,
            folder=folder,
            kinds=_kinds(items),
            place=experiment.dataset.place,
            views_augment=views_augment,
        )
        fitted = fit_chain(items, chains.clean, split.parts["train"], rows, folder=folder, on_computed=on_computed)
        fitted_on = f"{items.sha256} {splits.part_sha256(split.parts['train'])}"
        array = make_inputs(items, chains.cached, rows, fitted_on=fitted_on, folder=folder, on_computed=on_computed)
        kinds = frozenset(items.clips.kinds() if items.clips is not None else ())
        return _InputFeatures(chains, array, fitted, fitted_on, kinds)

    return _INPUTS.get(key, make)


def _gate(
    items: Items, split: Split, fitted: Sequence[str], experiment: Experiment, folder: Path, *, sounds: bool
) -> dict[str, Any]:
    """The gate's result. ``sounds``: not for items that stand in for others in a trial, which nobody listens to."""
    words = gate_words(items, experiment, folder)
    key = (items.sha256, items.name, items.file_names, split.sha256, _text(words), tuple(fitted), sounds)
    result = _GATES.get(key, lambda: gate.check(items, split, fitted=fitted, sounds=sounds, **words))
    failed = gate.failures(result)
    if failed and not experiment.splits.waiver:
        lines = (f"the leakage gate failed: {'; '.join(failed)}", *gate.mending(result))
        raise gate.GateError("\n".join(lines), result)
    return result | {"waiver": experiment.splits.waiver} if failed else result


def _part(
    part: IntArray, rows: IntArray, inputs: Mapping[str, _InputFeatures], targets: Mapping[str, Tensor | FeatureArray]
) -> Part:
    """Items of one part; where they were cut, one row for each segment, targets and item numbers repeated."""
    owners = part
    for input_features in inputs.values():
        if (counts := input_features.made.counts(part)) is not None:
            owners = np.repeat(part, counts)
            break
    at = torch.tensor(np.searchsorted(rows, owners))
    return Part(
        inputs={n: input_features.made.part(part) for n, input_features in inputs.items()},
        targets={n: v.part(part) if isinstance(v, FeatureArray) else v.index_select(0, at) for n, v in targets.items()},
        items=cast(LongTensor, torch.tensor(owners)),
    )


def _mixup(experiment: Experiment, inputs: Mapping[str, _InputFeatures]) -> Mixup | None:
    """What mixes training batches; SpecError where it is not the same for all inputs."""
    mixups = [input_features.chains.mixup for input_features in inputs.values()]
    if len({None if mixup is None else mixup.alpha for mixup in mixups}) > 1:
        entry = next(e for input_spec in experiment.inputs.values() for e in input_spec.augment if e.name == "Mixup")
        text = "must be the same for all inputs, since it mixes items with their targets"
        raise SpecError([Problem(entry.place, "augment.Mixup", text)])
    return mixups[0] if mixups else None


def _kinds(items: Items) -> tuple[Kind, ...]:
    """The kinds of clips, where there are several."""
    kinds = tuple(items.clips.kinds()) if items.clips is not None else ()
    return kinds if len(kinds) > 1 else ()


def _input_target(
    items: Items, label: Label, target: Target, inputs: Mapping[str, _InputFeatures], rows: IntArray, folder: Path
) -> tuple[Target, FeatureArray]:
    input_features = inputs[_input_of(label, tuple(inputs))]
    target_array = input_features.made
    if input_features.chains.after.features:
        target_array = make_inputs(
            items, input_features.chains.clean, rows, fitted_on=input_features.fitted_on, folder=folder
        )
    return replace(target, sizes=tuple(target_array.values.shape[1:])), target_array


def _input_of(label: Label, names: tuple[str, ...]) -> str:
    if label.column in names:
        return label.column
    if len(names) == 1:
        return names[0]
    raise DataError(f"labels.{label.name}: column must name the input to give back: {', '.join(names)}")


def _other_part(
    view: View,
    items: Items,
    experiment: Experiment,
    inputs: Mapping[str, _InputFeatures],
    targets: Mapping[str, Target],
    folder: Path,
) -> Part:
    """Of a view's own data set: its official part of that name, or all its items where it has no parts."""
    need_columns(items, experiment.labels)
    if items.parts and view.of not in items.parts:
        raise DataError(f"evaluation.{view.name}: {items.name} has no {view.of} part; it has {', '.join(items.parts)}")
    rows = np.sort(items.parts[view.of]) if items.parts else np.arange(len(items), dtype=np.int64)
    view_inputs = {}
    for name, known in inputs.items():
        if items.clips is not None and not set(items.clips.kinds()) <= known.kinds:
            raise DataError(
                f"evaluation.{view.name}: clips of {items.name} have rates or channels that the study's own have not"
            )
        if items.shape != known.chains.cached.in_shape:
            raise DataError(
                f"evaluation.{view.name}: items of {items.name} are {items.shape}; the study's are "
                f"{known.chains.cached.in_shape}"
            )
        values = make_inputs(items, known.chains.cached, rows, fitted_on=known.fitted_on, folder=folder)
        view_inputs[name] = replace(known, made=values)
    columns: dict[str, Tensor | FeatureArray] = {}
    for name, label in experiment.labels.items():
        if label.kind == "input":
            if view_inputs:
                columns[name] = _input_target(items, label, targets[name], view_inputs, rows, folder)[1]
        else:
            columns[name] = _same_scale(items, label, targets[name], rows)
    return _part(rows, rows, view_inputs, columns)


def _same_scale(items: Items, label: Label, target: Target, rows: IntArray) -> Tensor:
    """Targets of another data set in the units of the study's own training items."""
    values = read_target(items, label, replace(target, standardized=False), rows, rows)[1]
    if target.standardized and target.mean is not None and target.std is not None:
        return (values - target.mean) / target.std
    return values


def _view_live(view: View, inputs: Mapping[str, _InputFeatures], folder: Path) -> BatchTransform:
    chains = {n: input_features.chains for n, input_features in inputs.items()}
    return BatchTransform(
        {
            n: augmentation(view.augment, c.augment.out_shape, rate=c.augment.rate, folder=folder)
            for n, c in chains.items()
        },
        {n: c.after for n, c in chains.items()},
        settled={n: c.augment for n, c in chains.items()},
    )


def _label_facts(dataset: Dataset, label: Label) -> Any:
    if dataset.is_own:
        return None
    known = facts_with(dataset.name, dataset.args).labels.values()
    return next((facts for facts in known if facts.column == label.column), None)


def _text(args: Mapping[str, Any]) -> str:
    return json.dumps(args, sort_keys=True, default=str)
