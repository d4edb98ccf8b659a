"""``repro shapes``: what goes through each layer, before any training."""

from typing import Annotated

import typer

from repro.cli.options import Only, Rung, Specs


def shapes(
    paths: Specs,
    rung: Rung = "full",
    only: Only = "",
    run_own_code: Annotated[
        bool,
        typer.Option("--run-own-code", help="let the folder's own model.py tell its shapes; only for code you trust"),
    ] = False,
) -> None:
    """Print what goes through each layer.

    Shapes, parameters and multiply-adds, without training and without data. Shapes stand in the course's notation
    (N x T x F x C) beside PyTorch's. Experiments with the same model and input are shown once. Code of the folder is
    not executed unless you say --run-own-code.

    Example: repro shapes papers/mnist1d --only cnn,gru
    """
    from rich.console import Console

    from repro.cli.request import chosen, read_request

    request = read_request(paths, rung, only, "")
    specs = request.load()  # before torch is there: what is wrong with a spec is said at once

    from repro.data.data_error import OwnCodeNeeded
    from repro.data.prepare import describe
    from repro.models.layer_rows import LayerRow, rows
    from repro.models.shape_text import shape_text
    from repro.spec.problem import Problem, SpecError

    width = Console().width
    problems: list[Problem] = []
    for spec in specs:
        shown: dict[tuple[LayerRow, ...], list[str]] = {}
        for experiment in chosen(spec, request.only):
            if experiment.model is None:
                continue
            try:
                input_shapes, labels = describe(experiment, spec.folder, own_code=run_own_code)
                table = rows(experiment, input_shapes, labels, folder=spec.folder, own_code=run_own_code)
            except SpecError as error:
                problems += error.problems
                continue
            except OwnCodeNeeded as error:
                print(f"{experiment.name}: {error}; --run-own-code lets it\n")
                continue
            shown.setdefault(tuple(table), []).append(experiment.title or experiment.name)
        for described, names in shown.items():
            print(f"{spec.name}: {', '.join(names)}\n\n{shape_text(described, width)}")
    if problems:
        raise SpecError(problems)
