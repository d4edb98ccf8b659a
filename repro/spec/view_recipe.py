"""What each view of the results is made of: whose outputs, put together how, of which items."""

from collections.abc import Container
from dataclasses import dataclass

from repro.spec.experiment import Experiment, Only, Vote
from repro.spec.keywords import VIEWS

REFERENCES = ("majority", "chance", "mean")
"""Scores that need no run; they stand among a record's views, under these names unless a view has one of them."""


def reference_name(reference: str, views: Container[str]) -> str:
    """Under which name a reference stands beside these views.

    >>> reference_name("majority", ["rotated"]), reference_name("majority", ["majority"])
    ('majority', 'majority (reference)')
    """
    return f"{reference} (reference)" if reference in views else reference


@dataclass(frozen=True)
class ViewRecipe:
    """How a view is looked at.

    The outputs of ``part`` (a part of the data, or the view itself where it has data of its own) are put together by
    ``vote`` where items have several segments (else no vote changes anything); then ``only`` some items are left; then
    every metric is taken, on all that is left, or on each group of ``mean_over`` and averaged.
    """

    part: str
    vote: Vote = "mean"
    only: Only | None = None
    mean_over: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every metric is taken on all items at once."""
        return self.only is None and self.mean_over is None

    @property
    def picks_itself(self) -> bool:
        """Whether the model's own predictions decide which items it is judged on."""
        return self.only is not None and self.only.predicted


def view_recipe(experiment: Experiment, view: str) -> ViewRecipe:
    """How a view is looked at, one of the spec or one that is always there. KeyError for any other."""
    if view in VIEWS:
        return ViewRecipe(view)
    view_spec = experiment.views[view]
    return ViewRecipe(
        view_spec.name if view_spec.has_own_data else view_spec.of, view_spec.vote, view_spec.only, view_spec.mean_over
    )


def kept_as(experiment: Experiment, view: str) -> str:
    """The view under whose name the predictions of this one are kept, before ``only`` and ``mean_over``.

    That is the first of those that are always there and of the spec's which has the same outputs put together alike.
    """
    own = view_recipe(experiment, view)
    same = (n for n in (*VIEWS, *experiment.views) if _outputs(view_recipe(experiment, n)) == _outputs(own))
    return next(same)


def _outputs(recipe: ViewRecipe) -> tuple[str, Vote]:
    return recipe.part, recipe.vote
