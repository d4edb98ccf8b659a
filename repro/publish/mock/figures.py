"""The figures of a proposal as they should come out, drawn by the code that draws what came out."""

from repro.results.figures.all_figures import all_figures
from repro.results.figures.expectations import Expectations
from repro.results.figures.requested_figures import Drawn
from repro.results.figures.watermark import watermarked
from repro.spec.spec import Spec


def mock_figures(spec: Spec) -> Drawn:
    """``{file name without ending: Figure}``, each marked as expected; the names are those of the real ones."""
    return {name: watermarked(figure) for name, figure in all_figures(Expectations(spec)).items()}
