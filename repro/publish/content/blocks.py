"""The blocks that a question can show, by the names that assignments use."""

from collections.abc import Callable, Mapping

from repro.publish.content.architecture_block import architecture
from repro.publish.content.baseline_block import baseline
from repro.publish.content.claims_block import claims
from repro.publish.content.dataset_block import dataset
from repro.publish.content.document_model import Block
from repro.publish.content.expected_block import expected, figure_to_reproduce
from repro.publish.content.experiments_block import experiments
from repro.publish.content.figures_block import figures
from repro.publish.content.leakage_block import leakage
from repro.publish.content.related_block import related_work
from repro.publish.content.report_context import ReportContext
from repro.publish.content.results_block import results
from repro.publish.content.splits_block import splits
from repro.publish.content.training_block import features_table, training

BLOCKS: Mapping[str, Callable[[ReportContext], tuple[Block, ...]]] = {
    "dataset": dataset,
    "splits": splits,
    "leakage": leakage,
    "features": features_table,
    "architecture": architecture,
    "experiments": experiments,
    "training": training,
    "baseline": baseline,
    "related_work": related_work,
    "results": results,
    "claims": claims,
    "figures": figures,
    "expected": expected,
    "figure_to_reproduce": figure_to_reproduce,
    "slides": lambda subject: (),
}
"""``slides`` shows nothing in a document: the slides are files of their own."""
