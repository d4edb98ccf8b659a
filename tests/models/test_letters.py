"""Equal sizes are not refused because of letters that nobody can know; a turned axis is."""

import pytest
import torch

from repro.spec.problem import SpecError
from repro.spec.shape import Shape

PICTURE = Shape.of("C H W", 1, 8, 8)
SOUND = Shape.of("C F T", 2, 6, 10)
SIGNAL = Shape.of("C T", 4, 12)
STEPS = Shape.of("T F", 5, 7)
BANDS = Shape.of("F T", 6, 12)


def flat_to(layer, shape):
    last = layer("Linear", out_features=shape.numel)
    return [layer("Flatten"), last, layer("Unflatten", dim=1, unflattened_size=shape.sizes)]


@pytest.mark.parametrize("shape", [PICTURE, SOUND, SIGNAL, STEPS, BANDS, Shape.of("C T H W", 2, 3, 4, 5)], ids=str)
def test_an_autoencoder_may_end_in_unflatten(net, layer, shape):
    network = net(flat_to(layer, shape), shape, kind="input", loss="MSELoss")
    assert network.output_shapes["digit"].sizes == shape.sizes
    assert network.output_shapes["digit"].axes == shape.axes  # those of what was flattened
    assert network({"input": torch.zeros(3, *shape.sizes)})["digit"].shape == (3, *shape.sizes)


@pytest.mark.parametrize(
    ("shape", "layers"),
    [
        (PICTURE, [("Conv2d", {"out_channels": 4, "kernel_size": 3, "stride": 2, "padding": 1}),
                   ("PixelShuffle", {"upscale_factor": 2})]),
        (PICTURE, [("MaxPool2d", {"kernel_size": 2}), ("Upsample", {"scale_factor": 2})]),
        (SOUND, [("ConvTranspose2d", {"out_channels": 2, "kernel_size": 1})]),
        (SIGNAL, [("MaxPool1d", {"kernel_size": 3}), ("Upsample", {"size": 12})]),
        (SIGNAL, [("Conv1d", {"out_channels": 3, "kernel_size": 2, "stride": 2}),
                  ("ConvTranspose1d", {"out_channels": 4, "kernel_size": 2, "stride": 2})]),
        (BANDS, [("Conv1d", {"out_channels": 3, "kernel_size": 1}),
                 ("ConvTranspose1d", {"out_channels": 6, "kernel_size": 1})]),
        (STEPS, [("Flatten", {}), ("Unflatten", {"dim": 1, "unflattened_size": (7, 5)}),
                 ("Rearrange", {"pattern": "n t f -> n f t"})]),
    ],
)  # fmt: skip
def test_other_ways_back_to_the_inputs_sizes(net, layer, shape, layers):
    made = [layer(name, **args) for name, args in layers]
    network = net(made, shape, kind="input", loss="L1Loss")
    assert network({"input": torch.zeros(2, *shape.sizes)})["digit"].shape == (2, *shape.sizes)


@pytest.mark.parametrize("sizes", [(1, 4, 16), (8, 8), (1, 64), (64, 1, 1)])
def test_other_sizes_are_still_refused(net, layer, sizes):
    layers = [*flat_to(layer, PICTURE)[:2], layer("Unflatten", line=30, dim=1, unflattened_size=sizes)]
    with pytest.raises(SpecError, match=r"paper\.yaml:30:.*MSELoss on the input itself needs its shape"):
        net(layers, PICTURE, kind="input", loss="MSELoss")


def test_a_turned_axis_is_still_refused(net, layer):
    turned = [layer("Rearrange", pattern="n c h w -> n c w h")]
    with pytest.raises(SpecError, match="needs its shape"):
        net(turned, PICTURE, kind="input", loss="MSELoss")


def test_a_residual_around_unflatten(net, layer):
    inner = flat_to(layer, PICTURE)
    network = net([layer("Residual", *inner), layer("Flatten"), layer("Linear", out_features=10)], PICTURE)
    assert network.steps[0].out == PICTURE
    with pytest.raises(SpecError, match="must leave the same shape"):
        net([layer("Residual", layer("Rearrange", pattern="n c h w -> n c w h"))], PICTURE)
