"""Shapes promised, then proved by running. No test has T = F or a square kernel."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from repro.models.builders.build_context import BuildContext
from repro.models.builders.registry import BUILDERS
from repro.models.builders.stack import build_layer, build_stack
from repro.models.shape_error import ShapeError
from repro.spec.index import index
from repro.spec.part import Layer
from repro.spec.problem import SpecError
from repro.spec.shape import Shape

SIGNAL, SPECTROGRAM, PICTURE = Shape.of("C T", 4, 40), Shape.of("C F T", 4, 20, 31), Shape.of("C H W", 4, 12, 18)
SEQUENCE, TABLE, CLIP = Shape.of("T F", 9, 12), Shape.of("F", 12), Shape.of("C T H W", 4, 6, 8, 10)

EXAMPLES: dict[str, tuple[Shape, dict[str, object], str]] = {
    "Linear": (TABLE, {"out_features": 5}, "F 5"),
    "Conv1d": (SIGNAL, {"out_channels": 6, "kernel_size": 5, "stride": 3, "groups": 2}, "C 6 x T 12"),
    "Conv2d": (SPECTROGRAM, {"out_channels": 6, "kernel_size": (5, 3), "stride": (1, 2)}, "C 6 x F 16 x T 15"),
    "Conv3d": (CLIP, {"out_channels": 2, "kernel_size": (2, 3, 4)}, "C 2 x T 5 x H 6 x W 7"),
    "ConvTranspose1d": (SIGNAL, {"out_channels": 6, "kernel_size": 5, "stride": 2}, "C 6 x T 83"),
    "ConvTranspose2d": (PICTURE, {"out_channels": 6, "kernel_size": (5, 3)}, "C 6 x H 16 x W 20"),
    "ConvTranspose3d": (CLIP, {"out_channels": 2, "kernel_size": 2}, "C 2 x T 7 x H 9 x W 11"),
    "MaxPool1d": (SIGNAL, {"kernel_size": 3}, "C 4 x T 13"),
    "MaxPool2d": (SPECTROGRAM, {"kernel_size": (4, 3), "stride": (1, 3)}, "C 4 x F 17 x T 10"),
    "MaxPool3d": (CLIP, {"kernel_size": 2}, "C 4 x T 3 x H 4 x W 5"),
    "AvgPool1d": (SIGNAL, {"kernel_size": 3, "stride": 2, "padding": 1}, "C 4 x T 20"),
    "AvgPool2d": (PICTURE, {"kernel_size": (2, 3)}, "C 4 x H 6 x W 6"),
    "AvgPool3d": (CLIP, {"kernel_size": 3}, "C 4 x T 2 x H 2 x W 3"),
    "LPPool1d": (SIGNAL, {"norm_type": 2, "kernel_size": 3}, "C 4 x T 13"),
    "LPPool2d": (PICTURE, {"norm_type": 2, "kernel_size": (2, 3)}, "C 4 x H 6 x W 6"),
    "LPPool3d": (CLIP, {"norm_type": 2, "kernel_size": 2}, "C 4 x T 3 x H 4 x W 5"),
    "AdaptiveAvgPool1d": (SIGNAL, {"output_size": 7}, "C 4 x T 7"),
    "AdaptiveAvgPool2d": (SPECTROGRAM, {"output_size": (1, 2)}, "C 4 x F 1 x T 2"),
    "AdaptiveAvgPool3d": (CLIP, {"output_size": 1}, "C 4 x T 1 x H 1 x W 1"),
    "AdaptiveMaxPool1d": (SIGNAL, {"output_size": 7}, "C 4 x T 7"),
    "AdaptiveMaxPool2d": (SPECTROGRAM, {"output_size": (1, 2)}, "C 4 x F 1 x T 2"),
    "AdaptiveMaxPool3d": (CLIP, {"output_size": 1}, "C 4 x T 1 x H 1 x W 1"),
    "FractionalMaxPool2d": (PICTURE, {"kernel_size": 2, "output_size": (5, 7)}, "C 4 x H 5 x W 7"),
    "FractionalMaxPool3d": (CLIP, {"kernel_size": 2, "output_size": (2, 3, 4)}, "C 4 x T 2 x H 3 x W 4"),
    "BatchNorm1d": (SIGNAL, {}, "C 4 x T 40"),
    "BatchNorm2d": (SPECTROGRAM, {}, "C 4 x F 20 x T 31"),
    "BatchNorm3d": (CLIP, {}, "C 4 x T 6 x H 8 x W 10"),
    "InstanceNorm1d": (SIGNAL, {}, "C 4 x T 40"),
    "InstanceNorm2d": (SPECTROGRAM, {}, "C 4 x F 20 x T 31"),
    "InstanceNorm3d": (CLIP, {}, "C 4 x T 6 x H 8 x W 10"),
    "LayerNorm": (SEQUENCE, {}, "T 9 x F 12"),
    "RMSNorm": (SIGNAL, {}, "C 4 x T 40"),
    "GroupNorm": (SPECTROGRAM, {"num_groups": 2}, "C 4 x F 20 x T 31"),
    "RNN": (SEQUENCE, {"hidden_size": 3, "num_layers": 2}, "T 9 x F 3"),
    "GRU": (SEQUENCE, {"hidden_size": 3, "bidirectional": True}, "T 9 x F 6"),
    "LSTM": (SEQUENCE, {"hidden_size": 5, "proj_size": 2, "bidirectional": True}, "T 9 x F 4"),
    "MultiheadAttention": (SEQUENCE, {"num_heads": 3}, "T 9 x F 12"),
    "TransformerEncoderLayer": (SEQUENCE, {"nhead": 3, "dim_feedforward": 8}, "T 9 x F 12"),
    "Flatten": (SPECTROGRAM, {}, "F 2480"),
    "Unflatten": (TABLE, {"dim": 1, "unflattened_size": (3, 4)}, "C 3 x T 4"),
    "Rearrange": (SPECTROGRAM, {"pattern": "n c f t -> n t (c f)"}, "T 31 x F 80"),
    "Reduce": (SPECTROGRAM, {"pattern": "n c f t -> n c f", "by": "max"}, "C 4 x F 20"),
    "LastStep": (SEQUENCE, {}, "F 12"),
    "Identity": (SIGNAL, {}, "C 4 x T 40"),
    "Upsample": (SIGNAL, {"size": 88}, "C 4 x T 88"),
    "UpsamplingNearest2d": (PICTURE, {"scale_factor": 2}, "C 4 x H 24 x W 36"),
    "UpsamplingBilinear2d": (PICTURE, {"size": (13, 17)}, "C 4 x H 13 x W 17"),
    "PixelShuffle": (PICTURE, {"upscale_factor": 2}, "C 1 x H 24 x W 36"),
    "PixelUnshuffle": (PICTURE, {"downscale_factor": 2}, "C 16 x H 6 x W 9"),
    "ChannelShuffle": (PICTURE, {"groups": 2}, "C 4 x H 12 x W 18"),
    "GLU": (SIGNAL, {"dim": 1}, "C 2 x T 40"),
    "Softmax": (SEQUENCE, {}, "T 9 x F 12"),
    "Softmin": (SIGNAL, {}, "C 4 x T 40"),
    "LogSoftmax": (TABLE, {}, "F 12"),
    "Softmax2d": (PICTURE, {}, "C 4 x H 12 x W 18"),
    "Dropout1d": (SIGNAL, {"p": 0.2}, "C 4 x T 40"),
    "Dropout2d": (PICTURE, {"p": 0.2}, "C 4 x H 12 x W 18"),
    "Dropout3d": (CLIP, {"p": 0.2}, "C 4 x T 6 x H 8 x W 10"),
    "FeatureAlphaDropout": (CLIP, {"p": 0.2}, "C 4 x T 6 x H 8 x W 10"),
    "LocalResponseNorm": (PICTURE, {"size": 2}, "C 4 x H 12 x W 18"),
    "CrossMapLRN2d": (PICTURE, {"size": 2}, "C 4 x H 12 x W 18"),
    "Threshold": (TABLE, {"threshold": 0.1, "value": 2.0}, "F 12"),
    "Unfold": (PICTURE, {"kernel_size": (2, 3)}, "C 24 x T 176"),
    "Fold": (Shape.of("C T", 24, 176), {"output_size": (12, 18), "kernel_size": (2, 3)}, "C 4 x F 12 x T 18"),
    "CircularPad3d": (CLIP, {"padding": 1}, "C 4 x T 8 x H 10 x W 12"),
}
for _kind in ("Zero", "Constant", "Reflection", "Replication", "Circular"):
    for _axes, _shape, _out in (
        (1, SIGNAL, "C 4 x T 43"),
        (2, PICTURE, "C 4 x H 15 x W 21"),
        (3, CLIP, "C 4 x T 9 x H 11 x W 13"),
    ):
        _value = {"value": 1.5} if _kind == "Constant" else {}
        EXAMPLES[f"{_kind}Pad{_axes}d"] = (_shape, {"padding": (1, 2) * _axes, **_value}, _out)

CANNOT = {
    "Concat": ({}, "joins several inputs"),
    "Add": ({}, "joins several inputs"),
    "Residual": ({}, "holds no layers"),
    "Repeat": ({"times": 2}, "needs layers"),
}
"""Layers of the index that take something else than one tensor: their arguments, and what is said of them."""

NOT_IN_THE_INDEX = {
    "Bilinear": ({"out_features": 2, "in1_features": 12, "in2_features": 12}, "takes 2 inputs"),
    "LSTMCell": ({"input_size": 12, "hidden_size": 3}, "gives a tuple, not one tensor"),
    "Embedding": ({"num_embeddings": 3, "embedding_dim": 2}, "needs something else"),
}
"""Layers of torch.nn that a spec may not name; should one get here it is refused like any other."""

NAMES = sorted(index().namespace("layer"))
assert len(NAMES) > 100, "the index names no layers: the sweep below would test nothing"


@pytest.fixture
def building(tmp_path):
    return BuildContext(folder=tmp_path, classes=10, label_name="digit")


@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
@pytest.mark.parametrize("meta", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_every_layer_of_the_index_gives_the_shape_it_promises_or_says_why_not(name, meta, building):
    if name in CANNOT:
        args, text = CANNOT[name]
        with pytest.raises(SpecError, match=text):
            build_layer(Layer(name=name, args=args), TABLE, building)
        return
    shape, args, promised = EXAMPLES.get(name, (SIGNAL, {}, str(SIGNAL)))
    with torch.device("meta" if meta else "cpu"):
        module, out = build_layer(Layer(name=name, args=args), shape, building)
    assert str(out) == promised
    with torch.no_grad(), torch.device("meta" if meta else "cpu"):
        assert tuple(module.eval()(torch.zeros(3, *shape.sizes)).shape) == (3, *out.sizes)


@pytest.mark.parametrize("name", NOT_IN_THE_INDEX)
def test_what_takes_or_gives_several_tensors_is_refused(name, building):
    assert name not in NAMES
    args, text = NOT_IN_THE_INDEX[name]
    with pytest.raises(SpecError, match=text):
        build_layer(Layer(name=name, args=args), TABLE, building)


def test_every_example_is_a_layer_of_the_index_or_has_a_builder():
    assert {*EXAMPLES, *CANNOT} - {*NAMES, *BUILDERS} == set()


def test_every_layer_of_ours_has_a_builder():
    ours = {name for name, facts in index().namespace("layer").items() if facts.ours}
    assert ours >= {"Residual", "Repeat", "Rearrange", "Reduce", "LastStep", "Concat", "Add"}
    assert ours <= set(BUILDERS)


_small = st.integers(1, 5)


@settings(max_examples=150, deadline=None)
@given(
    t=st.integers(1, 40), k=st.integers(1, 9), s=_small, p=st.integers(0, 4), d=st.integers(1, 3), same=st.booleans()
)
def test_conv1d_gives_what_it_promises(t, k, s, p, d, same):
    args = {"out_channels": 3, "kernel_size": k, "stride": s, "padding": "same" if same else p, "dilation": d}
    _proved("Conv1d", args, Shape.of("C T", 2, t), not same and t + 2 * p < d * (k - 1) + 1)


@settings(max_examples=150, deadline=None)
@given(
    f=st.integers(1, 17),
    t=st.integers(18, 40),
    k=st.tuples(_small, st.integers(6, 9)),
    s=st.tuples(_small, _small),
    kind=st.sampled_from(["Max", "Avg"]),
    pad=st.sampled_from([0, "same", (0, 2)]),
    ceil=st.booleans(),
)
def test_pool2d_gives_what_it_promises(f, t, k, s, kind, pad, ceil):
    args = {"kernel_size": k, "stride": s, "padding": pad, "ceil_mode": ceil}
    _proved(f"{kind}Pool2d", args, Shape.of("C F T", 2, f, t), k[0] > f or k[1] > t)


def _proved(name, args, shape, fails):
    building = BuildContext(folder=None)
    layer = Layer(name=name, args=args)
    if fails:
        with pytest.raises(ShapeError, match=f"{name} needs at least"):
            build_layer(layer, shape, building)
        return
    module, out = build_layer(layer, shape, building)
    assert out.axes == shape.axes
    assert tuple(module(torch.zeros(2, *shape.sizes)).shape) == (2, *out.sizes)


def test_a_batch_norm_sees_no_batch_while_it_is_built(building):
    module, _ = build_layer(Layer(name="BatchNorm2d"), SPECTROGRAM, building)
    assert module.num_batches_tracked == 0
    assert module.training


def test_layer_norm_takes_each_step_by_itself_where_time_comes_first(building):
    over = {
        str(shape): tuple(build_layer(Layer(name="LayerNorm"), shape, building)[0].normalized_shape)
        for shape in (SEQUENCE, SIGNAL, TABLE, SPECTROGRAM)
    }
    assert list(over.values()) == [(12,), (4, 40), (12,), (4, 20, 31)]


def test_the_last_step_of_a_sequence_is_what_a_unidirectional_gru_ends_with(building):
    stack, _ = build_stack([Layer(name="GRU", args={"hidden_size": 3}), Layer(name="LastStep")], SEQUENCE, building)
    x = torch.randn(2, 9, 12, generator=torch.Generator().manual_seed(0))
    plain = nn.GRU(12, 3, batch_first=True)
    plain.load_state_dict(stack[0].state_dict())
    assert torch.equal(stack(x), plain(x)[1][0])
