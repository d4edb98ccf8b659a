import math
from pathlib import Path

import numpy as np
import pytest
import torch

from repro.data.features.build import build_feature
from repro.data.features.chain import build_chain
from repro.data.features.deslant import Deslant
from repro.data.features.feature import FeatureError
from repro.data.features.noise import Noise
from repro.data.features.pad import Pad
from repro.data.features.random_affine import RandomAffine
from repro.data.features.registry import FEATURES
from repro.data.features.rescale import Rescale
from repro.data.features.resize import Resize
from repro.data.features.shuffle_positions import ShufflePositions
from repro.data.features.standardize import Standardize
from repro.data.own_code import OwnCodeError
from repro.spec.index import index
from repro.spec.part import Entry
from repro.spec.place import Place
from repro.spec.problem import SpecError
from repro.spec.shape import Shape

HERE = Path()
SIGNAL, PICTURE = Shape.of("C T", 2, 7), Shape.of("C H W", 2, 6, 9)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def values(shape, n=5):
    return torch.rand((n, *shape.sizes), generator=generator(9))


def built(feature, shape):
    feature.shape(shape)
    return feature


def test_the_index_has_our_features_with_their_arguments():
    import inspect

    ours = {n: f for space in ("feature", "augment") for n, f in index().namespace(space).items() if f.ours}
    assert set(ours) == set(FEATURES)
    for name, facts in ours.items():
        signature = inspect.signature(FEATURES[name]).parameters
        parameters = {key.removesuffix("_"): parameter for key, parameter in signature.items()}
        assert set(facts.arguments) <= set(parameters), name
        for argument in facts.arguments.values():
            default = parameters[argument.name].default
            assert argument.required == (default is inspect.Parameter.empty), (name, argument.name)
            if not argument.required:
                assert default == argument.default, (name, argument.name)
    assert {n for n, f in index().namespace("augment").items() if f.ours} == {
        n for n, cls in FEATURES.items() if cls.random
    }


CASES = {
    "signal": (SIGNAL, [ShufflePositions(3), Rescale(-1, 2), Standardize("item"), Noise(10)]),
    "picture": (
        PICTURE,
        [ShufflePositions(3), Pad(2, -0.1), Deslant(), Resize(4, 11), RandomAffine(degrees=20), Noise((0, 20))],
    ),
}


@pytest.mark.parametrize(("shape", "feature"), [(s, f) for s, features in CASES.values() for f in features])
def test_the_promised_shape_is_the_one_that_comes_and_items_stay_apart(shape, feature):
    promised = feature.shape(shape)
    batch = values(shape)
    kept = batch.clone()
    made = feature(batch, generator())
    assert tuple(made.shape) == (5, *promised.sizes)
    assert made.dtype == torch.float32
    assert torch.equal(batch, kept)  # nothing is changed in place
    other = batch.clone()
    other[0] = torch.rand(shape.sizes, generator=generator(1))
    assert torch.equal(feature(other, generator())[1:], made[1:])
    assert not torch.equal(feature(other, generator())[0], made[0])


def test_shuffling_moves_time_steps_together_and_the_same_way_for_all():
    batch = torch.arange(40.0).expand(3, 2, 40)
    made = built(ShufflePositions(42), Shape.of("C T", 2, 40))(batch)
    assert sorted(made[0, 0].tolist()) == list(range(40))
    assert made[0, 0].tolist() != list(range(40))
    assert (made == made[0, 0]).all()
    again = built(ShufflePositions(42), Shape.of("C T", 2, 40))(batch)
    other = built(ShufflePositions(43), Shape.of("C T", 2, 40))(batch)
    assert torch.equal(again, made)
    assert not torch.equal(other, made)


def test_shuffling_a_picture_moves_pixels_across_rows_and_keeps_channels():
    batch = torch.stack([torch.arange(54.0).view(6, 9), 100 + torch.arange(54.0).view(6, 9)]).unsqueeze(0)
    made = built(ShufflePositions(0), PICTURE)(batch)[0]
    assert torch.equal(made[1], made[0] + 100)
    assert sorted(made[0].flatten().tolist()) == list(range(54))
    assert len(set((made[0][0] // 9).tolist())) > 1


def test_rescale_gives_the_papers_range():
    made = Rescale(-0.1, 1.175)(torch.tensor([[0.0, 0.5, 1.0]]))
    assert made.tolist()[0] == pytest.approx([-0.1, 0.5375, 1.175])


def test_pad_puts_the_value_on_all_four_sides():
    made = Pad(2, -0.1)(torch.ones(1, 1, 3, 4))
    assert made.shape == (1, 1, 7, 8)
    assert made.sum() == pytest.approx(12 - 0.1 * (56 - 12))
    assert (made[0, 0, 2:5, 2:6] == 1).all()


def test_resize_is_what_pillow_does():
    from PIL import Image

    picture = np.random.default_rng(0).random((28, 28)).astype(np.float32)
    made = Resize(16, 16)(torch.tensor(picture)[None, None])[0, 0].numpy()
    pillow = np.asarray(Image.fromarray(picture).resize((16, 16), Image.Resampling.BILINEAR))
    assert np.abs(made - pillow).max() < 1e-5


def slanted(slant: float, height: int = 28, width: int = 28) -> torch.Tensor:
    y, x = torch.meshgrid(torch.arange(height * 1.0), torch.arange(width * 1.0), indexing="ij")
    stroke = (-((x - width / 2 - slant * (y - height / 2)) ** 2) / 4).exp()
    return (stroke * (-((y - height / 2) ** 2) / 40).exp())[None, None]


def slant_of(picture: torch.Tensor) -> float:
    ink = (picture - picture.min())[0, 0].double()
    y, x = torch.meshgrid(torch.arange(ink.shape[0] * 1.0), torch.arange(ink.shape[1] * 1.0), indexing="ij")
    dy, dx = y - (ink * y).sum() / ink.sum(), x - (ink * x).sum() / ink.sum()
    return float((ink * dx * dy).sum() / (ink * dy * dy).sum())


@pytest.mark.parametrize("slant", [-0.6, -0.2, 0.0, 0.3, 0.7])
@pytest.mark.parametrize("paper", [0.0, -0.1])
def test_deslanted_strokes_stand_upright(slant, paper):
    picture = slanted(slant) * 1.275 + paper
    assert slant_of(picture) == pytest.approx(slant, abs=0.02)
    made = built(Deslant(), Shape.of("C H W", 1, 28, 28))(picture)
    assert slant_of(made) == pytest.approx(0, abs=0.02)
    assert float(made.min()) == pytest.approx(paper, abs=1e-3)
    assert float(made.sum() - made.min() * 784) == pytest.approx(float(picture.sum() - picture.min() * 784), rel=0.01)


def test_deslanting_agrees_with_scipys_affine_transform():
    from scipy.ndimage import affine_transform

    picture = slanted(0.4)
    ink = picture[0, 0].numpy().astype(float)
    y = np.arange(28)[:, None]
    centre = (ink * y).sum() / ink.sum()
    slant = slant_of(picture)
    expected = affine_transform(ink, [[1, 0], [slant, 1]], offset=[0, -slant * centre], order=1)
    made = built(Deslant(), Shape.of("C H W", 1, 28, 28))(picture)[0, 0].numpy()
    assert np.abs(made - expected).max() < 1e-4


def test_deslanting_leaves_an_empty_picture_alone():
    flat = torch.full((1, 1, 5, 5), -0.1)
    assert torch.equal(Deslant()(flat), flat)


@pytest.mark.parametrize(
    ("per", "over"), [("feature", (0,)), ("channel", (0, 2, 3)), ("band", (0, 1, 3)), ("all", (0, 1, 2, 3))]
)
def test_standardize_learns_what_numpy_computes_however_it_is_chunked(per, over):
    shape = Shape.of("C F T", 2, 3, 5)
    train = torch.randn((37, *shape.sizes), generator=generator()) * 3 + 1000
    feature = built(Standardize(per), shape)
    feature.fit(train[a : a + 8] for a in range(0, 37, 8))
    wide = train.double().numpy()
    expected = (wide - wide.mean(over, keepdims=True)) / wide.std(over, keepdims=True)
    assert np.abs(feature(train).double().numpy() - expected).max() < 2e-4
    whole = built(Standardize(per), shape)
    whole.fit([train])
    assert torch.allclose(whole(train), feature(train), atol=1e-4)


def test_standardize_by_item_uses_the_item_alone_and_a_constant_stays_finite():
    made = built(Standardize("item"), SIGNAL)(torch.cat([values(SIGNAL) * 50 + 7, torch.full((1, 2, 7), 3.0)]))
    assert torch.allclose(made[:5].mean((1, 2)), torch.zeros(5), atol=1e-5)
    assert torch.allclose(made[:5].std((1, 2), correction=0), torch.ones(5), atol=1e-5)
    assert (made[5] == 0).all()


def test_standardize_refuses_to_work_unfitted():
    with pytest.raises(FeatureError, match="has not been fitted"):
        built(Standardize("all"), SIGNAL)(values(SIGNAL))


def test_noise_has_the_asked_level_for_each_item():
    batch = torch.randn((64, 1, 4000), generator=generator()) * torch.logspace(-2, 2, 64).view(-1, 1, 1)
    noise = Noise(10)(batch, generator(1)) - batch
    measured = 10 * torch.log10(batch.square().mean((1, 2)) / noise.square().mean((1, 2)))
    assert measured.sub(10).abs().max() < 0.5
    spread = Noise((0, 20))(batch, generator(1)) - batch
    measured = 10 * torch.log10(batch.square().mean((1, 2)) / spread.square().mean((1, 2)))
    assert measured.min() < 3
    assert measured.max() > 17
    assert measured.min() > -0.5
    assert measured.max() < 20.5
    silent = torch.zeros(2, 1, 10)
    assert torch.equal(Noise(0)(silent, generator()), silent)


def one_dot(row: int, column: int, size: int = 21) -> torch.Tensor:
    picture = torch.full((1, 1, size, size), -0.1)
    picture[0, 0, row, column] = 1
    return picture


def brightest(picture: torch.Tensor) -> tuple[int, int]:
    at = int(picture[0, 0].argmax())
    return at // picture.shape[3], at % picture.shape[3]


@pytest.mark.parametrize(
    ("words", "dot", "goes_to"),
    [
        ({"degrees": (90.0, 90.0)}, (10, 15), (15, 10)),  # from the right of the centre to below it: clockwise
        ({"scale": (2.0, 2.0)}, (10, 14), (10, 18)),
        ({"shear_degrees": (45.0, 45.0)}, (14, 10), (14, 14)),
        ({}, (3, 4), (3, 4)),
    ],
)
def test_each_kind_of_map_moves_a_dot_where_it_should(words, dot, goes_to):
    made = RandomAffine(**words)(one_dot(*dot), generator())
    assert brightest(made) == goes_to
    assert float(made.min()) == pytest.approx(-0.1, abs=1e-5)


def test_maps_agree_with_scipy_on_a_picture_that_is_not_square():
    from scipy.ndimage import affine_transform

    from repro.data.features.random_affine import _affine

    picture = torch.zeros(1, 1, 15, 23)
    picture[0, 0, 4:11, 6:17] = torch.rand((7, 11), generator=generator())
    turn, slant, size, move_x, move_y = 0.3, 0.2, 1.2, 1.5, -0.7
    made = _affine(picture, *(torch.tensor([v]) for v in (turn, slant, size, move_x, move_y)))[0, 0].numpy()
    turned = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    forward = turned @ np.array([[size, 0], [0, size]]) @ np.array([[1, slant], [0, 1]])  # x before y
    back = np.linalg.inv(forward)[::-1, ::-1]  # scipy: y before x
    centre = np.array([7, 11])
    offset = centre - back @ (centre + np.array([move_y, move_x]))
    expected = affine_transform(picture[0, 0].numpy(), back, offset, order=1)
    assert np.abs(made - expected)[1:-1, 1:-1].max() < 1e-4


def test_moves_stay_inside_their_bound_and_use_it():
    pictures = one_dot(10, 10).expand(400, 1, 21, 21)
    made = RandomAffine(translate_pixels=3)(pictures, generator())
    ink = made - made.amin((1, 2, 3), keepdim=True)
    y = (ink.sum((1, 3)) * torch.arange(21.0)).sum(1) / ink.sum((1, 2, 3)) - 10
    x = (ink.sum((1, 2)) * torch.arange(21.0)).sum(1) / ink.sum((1, 2, 3)) - 10
    for move in (x, y):
        assert -3.01 < move.min() < -2.8
        assert 2.8 < move.max() < 3.01
    assert abs(float(torch.corrcoef(torch.stack([x, y]))[0, 1])) < 0.15


def test_p_is_the_share_that_is_changed():
    pictures = values(PICTURE, 2000)
    made = RandomAffine(p=0.3, degrees=(10.0, 40.0))(pictures, generator())
    changed = (made != pictures).flatten(1).any(1).float().mean()
    assert float(changed) == pytest.approx(0.3, abs=0.04)
    assert torch.equal(RandomAffine(p=0, degrees=30)(pictures, generator()), pictures)


@pytest.mark.parametrize("feature", [RandomAffine(degrees=20), Noise(5)], ids=lambda f: type(f).__name__)
def test_the_generator_alone_decides(feature):
    batch = values(PICTURE)
    torch.manual_seed(1)
    first = feature(batch, generator(3))
    torch.manual_seed(2)
    state = torch.get_rng_state()
    assert torch.equal(feature(batch, generator(3)), first)
    assert not torch.equal(feature(batch, generator(4)), first)
    assert torch.equal(torch.get_rng_state(), state)
    with pytest.raises(FeatureError, match="is random and got no generator"):
        feature(batch)


@pytest.mark.parametrize(
    ("entry", "shape", "said"),
    [
        (Entry(name="Deslant"), SIGNAL, "Deslant needs a picture, C x H x W; what comes in is C 2 x T 7"),
        (Entry(name="Pad", args={"pixels": -1}), PICTURE, "Pad: pixels is -1"),
        (Entry(name="Rescale", args={"low": 1.0, "high": 1.0}), SIGNAL, "low and high are both"),
        (Entry(name="Standardize", args={"per": "band"}), SIGNAL, "per band needs an axis F"),
        (Entry(name="Standardize", args={"per": "clip"}), SIGNAL, "per is 'clip'; expected one of item, feature"),
        (Entry(name="RandomAffine", args={"p": 2.0}), PICTURE, "p is 2.0; expected 0 to 1"),
        (Entry(name="RandomAffine", args={"scale": (2.0, 1.0)}), PICTURE, "scale goes from 2.0 to 1.0"),
        (Entry(name="Resize", args={"height": 0, "width": 2}), PICTURE, "expected 1 or more"),
        (Entry(name="Resize", args={"height": 3}), PICTURE, "missing 1 required positional argument: 'width'"),
        (Entry(name="Nowhere"), SIGNAL, "neither a feature of ours nor a transform of torchaudio"),
        (Entry(name="MelSpectrogram"), SIGNAL, "MelSpectrogram needs the rate of the signal"),
    ],
)
def test_what_cannot_work_is_said_at_its_line(entry, shape, said):
    placed = entry.model_copy(update={"place": Place("paper.yaml", 7, 5)})
    with pytest.raises(SpecError, match=said) as caught:
        build_chain([placed], shape, rate=None, folder=HERE)
    assert str(caught.value).startswith("paper.yaml:7:5: features.")


def test_a_chain_passes_shapes_on():
    entries = [Entry(name="Rescale", args={"low": 0, "high": 2}), Entry(name="Pad", args={"pixels": 1})]
    chain = build_chain(entries, PICTURE, rate=None, folder=HERE)
    assert chain.out_shape == Shape.of("C H W", 2, 8, 11)
    batch = values(PICTURE)
    assert torch.equal(chain(batch), torch.nn.functional.pad(batch * 2, (1, 1, 1, 1)))


def test_a_torchaudio_transform_gets_the_rate_and_adds_its_axis():
    pytest.importorskip("torchaudio")
    from torchaudio import transforms

    entry = Entry(name="MelSpectrogram", args={"n_fft": 64, "n_mels": 8})
    feature, shape = build_feature(entry, Shape.of("C T", 1, 400), rate=8000.0, folder=HERE)
    assert shape == Shape.of("C F T", 1, 8, 13)
    batch = torch.rand((3, 1, 400), generator=generator())
    torch.testing.assert_close(feature(batch), transforms.MelSpectrogram(8000, n_fft=64, n_mels=8)(batch))


def test_a_random_torchaudio_transform_draws_from_our_generator_only():
    pytest.importorskip("torchaudio")
    entries = [
        Entry(name="TimeMasking", args={"time_mask_param": 20}),
        Entry(name="TimeMasking", args={"time_mask_param": 20}),
    ]
    chain = build_chain(entries, Shape.of("C F T", 1, 4, 50), rate=None, folder=HERE)
    batch = torch.ones(2, 1, 4, 50)
    state = torch.get_rng_state()
    masks = [chain(batch, generator(s)) for s in range(20)]
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(chain(batch, generator(7)), masks[7])
    assert len({tuple(m[0, 0, 0].tolist()) for m in masks}) > 10
    single = [chain.upto(1)(batch, generator(s)) for s in range(20)]
    assert any(not torch.equal(a, b) for a, b in zip(single, masks, strict=True))  # the second draws otherwise


def test_torchaudio_that_does_not_import_says_which_torch_to_take(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "torchaudio.transforms", None)
    command = r"pip install --force-reinstall 'torch>=2\.11' 'torchaudio>=2\.11\.1'"
    with pytest.raises(FeatureError, match=rf"torchaudio does not import beside torch .*{command}"):
        build_feature(Entry(name="AmplitudeToDB"), SIGNAL, rate=None, folder=HERE)


OWN = """
import torch
class Halve:
    def __init__(self, in_shape, rate, by=2): self.by = by; assert in_shape == (2, 7) and rate == 50.0
    def __call__(self, batch): return batch[..., :: self.by]
class Picture(torch.nn.Module):
    axes = "C F T"
    def forward(self, batch): return batch.unsqueeze(2)
class Mixes:
    def __call__(self, batch): return batch.sum(0)
class Strange:
    def __call__(self, batch): return batch[:, None, None]
class Breaks:
    def __call__(self, batch):
        return batch.nothing
"""


def own(folder, name, **args):
    (folder / "data.py").write_text(OWN)
    return build_feature(Entry(name=f"data.py:{name}", args=args), SIGNAL, rate=50.0, folder=folder)


def test_own_features_get_what_they_ask_for_and_their_shape_is_found(tmp_path):
    feature, shape = own(tmp_path, "Halve")
    assert shape == Shape.of("C T", 2, 4)
    assert torch.equal(feature(values(SIGNAL)), values(SIGNAL)[..., ::2])
    assert own(tmp_path, "Picture")[1] == Shape.of("C F T", 2, 1, 7)


def test_own_features_that_go_wrong_are_named(tmp_path):
    with pytest.raises(FeatureError, match="Mixes must give one tensor with as many items"):
        own(tmp_path, "Mixes")
    with pytest.raises(FeatureError, match="whose axes are not known"):
        own(tmp_path, "Strange")
    with pytest.raises(OwnCodeError, match=r"data\.py:15: Breaks on items of C 2 x T 7 failed: AttributeError"):
        own(tmp_path, "Breaks")
    with pytest.raises(OwnCodeError, match=r"making Halve failed: TypeError"):
        own(tmp_path, "Halve", wrong=1)
