"""The words of a spec, in the order in which shipped specs write them, and the keys that stand below each."""

ORDER: tuple[str, ...] = (
    "paper", "proposal", "question", "related_work", "dataset", "labels", "splits", "features", "augment",
    "architecture", "model", "weights", "optimizer", "scheduler", "loss", "loss_weights", "metric", "evaluation",
    "training", "tune", "seeds", "baseline", "experiments", "reported", "expected", "figure_to_reproduce", "claims",
    "figures", "sources", "rungs", "answers", "questions", "answers_to_peers", "references", "tracking",
)  # fmt: skip
"""All words. Another order in a file is no error."""

OF_AN_EXPERIMENT: tuple[str, ...] = (
    "dataset", "labels", "splits", "features", "augment", "architecture", "model", "weights", "optimizer", "scheduler",
    "loss", "loss_weights", "metric", "evaluation", "training", "tune", "seeds", "sources",
)  # fmt: skip
"""Words that an experiment, a rung or the command line may change."""

OF_A_PAPER: frozenset[str] = frozenset({"paper", "reported"})
OF_A_PROPOSAL: frozenset[str] = frozenset({"proposal", "related_work", "expected", "figure_to_reproduce"})

PAPER_KEYS: tuple[str, ...] = ("title", "authors", "year", "venue", "url", "doi", "arxiv", "summary")
PROPOSAL_KEYS: tuple[str, ...] = ("title", "authors", "due")
EXPERIMENT_KEYS: tuple[str, ...] = ("like", "title", "not_run")
"""Words of an experiment's own; all else in it are changes."""

DATASET_KEYS: tuple[str, ...] = ("name", "why")
FOLDER_KEYS: tuple[str, ...] = ("folder", "manifest", "items", "exclude", "skip_unreadable", "licence", "why")
"""Keys of a data set that is a folder of one's own."""
LABEL_KEYS: tuple[str, ...] = ("column", "kind", "classes", "positive", "unit", "standardize")
LABEL_KEYS_LATER: dict[str, str] = {"tree": "a tree of classes"}
SPLITS_KEYS: tuple[str, ...] = (
    "from", "folds", "column", "train", "validation", "test", "only", "stratify", "group", "seed", "why", "waiver",
)  # fmt: skip
MODEL_KEYS: tuple[str, ...] = ("from", "layers", "estimator")
BLOCK_KEYS: tuple[str, ...] = ("from", "layers")
WEIGHT_KEYS: tuple[str, ...] = ("weight", "bias", "l1", "l2", "max_norm", "freeze", "lr_times")
WEIGHT_KEYS_LATER: dict[str, str] = {"from": "weights taken from another experiment"}
VIEW_KEYS: tuple[str, ...] = ("of", "augment", "dataset", "vote", "only", "mean_over")
VIEW_KEYS_LATER: dict[str, str] = {"batches": "episodes"}
VOTES: tuple[str, ...] = ("mean", "majority", "none")
SEGMENTING: frozenset[str] = frozenset({"Windows", "Frames"})
"""Features that cut an item into several segments."""

TRAINING_KEYS: tuple[str, ...] = (
    "batch_size", "steps", "epochs", "order", "evaluate_every", "select", "watch", "stop_patience", "gradient_clip_val",
    "gradient_clip_algorithm", "precision", "accumulate_grad_batches", "drop_last", "threads",
    "checkpoint_every", "stall_limit",
)  # fmt: skip
TRAINING_KEYS_LATER: dict[str, str] = {"batches": "training on episodes"}
REPORTED_KEYS: tuple[str, ...] = (
    "where", "metric", "unit", "runs", "spread", "selection", "same_test_items", "items", "reading_error", "margin",
    "why", "via", "values",
)  # fmt: skip
CLAIM_KEYS: tuple[str, ...] = ("method", "other", "by", "order", "same", "within", "metric", "where", "why", "at")
FIGURE_KEYS: tuple[str, ...] = (
    "name", "kind", "x", "y", "experiments", "series", "points", "reproduces", "y_range", "log", "split_by",
)  # fmt: skip
FIGURE_TO_REPRODUCE_KEYS: tuple[str, ...] = ("paper", "figure", "by", "why")
PEER_QUESTION_KEYS: tuple[str, ...] = ("paper", "ask")
PEER_ANSWER_KEYS: tuple[str, ...] = ("to", "paper", "ask", "answer")

TRACKER_KEYS: dict[str, tuple[str, ...]] = {"wandb": ("project", "entity", "mode"), "tensorboard": (), "csv": ()}
"""What may show runs while they train, and the settings of each."""

SOURCE_KINDS: tuple[str, ...] = ("paper", "author code", "guess", "different")
"""The kinds of `sources` that mean something to the harness; a spec may name others."""

VIEWS: tuple[str, ...] = ("train", "validation", "test", "running")
"""Views that are always there."""

ALWAYS_MEASURED: tuple[str, ...] = ("loss", "objective")
"""Metrics that every view has."""

COUNTED: tuple[str, ...] = ("parameters", "multiply_adds", "seconds")
"""Numbers of an experiment that belong to no view."""

SELECTIONS: tuple[str, ...] = ("last", "best_validation", "best_test")
