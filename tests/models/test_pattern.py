"""Patterns mean what einops means by them, and letters follow."""

import einops
import pytest
import torch

from repro.models.builders.build_context import BuildContext
from repro.models.builders.stack import build_layer
from repro.models.layers.pattern import Pattern, PatternError
from repro.spec.part import Layer
from repro.spec.shape import Shape

SPECTROGRAM = Shape.of("C F T", 2, 5, 7)


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        ("n c f t -> n t f c", "T F C"),
        ("n c f t -> n t (c f)", "T F"),
        ("n c f t -> n (f c) t", "F T"),
        ("n c f t -> n (c f t)", "F"),
        ("n  c f t->n c t f", "C T F"),
    ],
)
def test_rearrange(pattern, letters):
    module, out = build_layer(
        Layer(name="Rearrange", args={"pattern": pattern}), SPECTROGRAM, BuildContext(folder=None)
    )
    x = torch.randn(3, 2, 5, 7)
    assert torch.equal(module(x), einops.rearrange(x, pattern))
    assert " ".join(out.axes) == letters
    assert (3, *out.sizes) == tuple(module(x).shape)


@pytest.mark.parametrize(
    ("by", "take"), [("mean", torch.mean), ("max", torch.amax), ("min", torch.amin), ("sum", torch.sum)]
)
def test_reduce(by, take):
    args = {"pattern": "n c f t -> n f", "by": by}
    module, out = build_layer(Layer(name="Reduce", args=args), SPECTROGRAM, BuildContext(folder=None))
    x = torch.randn(3, 2, 5, 7)
    torch.testing.assert_close(module(x), take(x, dim=(1, 3)))
    assert str(out) == "F 5"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("n c t", "one arrow"),
        ("n c t -> n t -> n", "one arrow"),
        ("c t -> t c", "batch axis n stands first"),
        ("n c t -> c n t", "batch axis n stands first"),
        ("n c t -> (n c) t", "batch axis n stands first"),
        ("n c t -> n c f", "f is new on the right"),
        ("n c c -> n c", "c stands twice on the left"),
        ("n c t -> n c t t", "t stands twice on the right"),
        ("n c t -> n (c t", "brackets do not match"),
        ("n c time -> n time c", "'time' is no axis"),
        ("n c t -> n c t 1", "'1' is no axis"),
        ("n c t -> n () c t", r"\(\) is no axis"),
    ],
)
def test_a_pattern_that_says_nothing(pattern, text):
    with pytest.raises(PatternError, match=text):
        Pattern(pattern)


def test_two_axes_never_get_one_letter():
    with pytest.raises(PatternError, match="two axes would be called F"):
        Pattern("n c f t -> n (c t) f").shape(SPECTROGRAM)
