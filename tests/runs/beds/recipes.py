"""Three small studies whose runs have something to lose: what a checkpoint has to keep differs between them."""

from pathlib import Path

HEAD = """\
paper: {title: A study to be killed, authors: [A. Student], year: 2024}
question: Does it end in the same bytes?
dataset: {name: digits}
labels: digit
splits: {train: 700, validation: 200, test: 300}
seeds: [0]
baseline: net
experiments:
  net: {model: net}
reported:
  - {where: Table 1, metric: accuracy, unit: percent, values: {net: 90}}
metric: {accuracy: Accuracy, auroc: {AUROC: {average: macro}}}
loss: CrossEntropyLoss
"""

CONV = """\
architecture:
  net:
    - Conv2d: {out_channels: 8, kernel_size: 3}
    - BatchNorm2d
    - ReLU
    - Dropout: {p: 0.3}
    - Flatten
    - Linear: {out_features: classes}
"""

STOPPING = (
    CONV
    + """\
features: [augment, Rescale: {low: -1.0, high: 1.0}]
augment: [RandomAffine: {p: 0.9, degrees: 10.0, translate_pixels: 1.0}]
optimizer: {Adam: {lr: 3e-2}}
scheduler: {InverseSqrt: {every: step}}
training:
  batch_size: 32
  steps: STEPS
  evaluate_every: 11 steps
  select: best_validation
  watch: validation/loss
  stop_patience: 5
  checkpoint_every: 9 steps
"""
)

PLATEAU = (
    CONV
    + """\
optimizer: {SGD: {lr: 0.1, momentum: 0.9}}
scheduler: {ReduceLROnPlateau: {factor: 0.5, patience: 0, every: epoch, watch: validation/loss}}
weights: {all: {l2: 1e-4, max_norm: 2.0}}
training:
  batch_size: 32
  steps: STEPS
  evaluate_every: 1 epoch
  gradient_clip_val: 1.0
  accumulate_grad_batches: 2
  checkpoint_every: 4 steps
"""
)

OWN = """\
architecture:
  net: [Flatten, Linear: {out_features: 64}, model.py:Noisy, ReLU, Linear: {out_features: classes}]
optimizer: {AdamW: {lr: 1e-2}}
training: {batch_size: 50, steps: STEPS, evaluate_every: 40 steps, checkpoint_every: 1 epoch}
"""

NOISY = """\
import random
import numpy as np
import torch


class Noisy(torch.nn.Module):
    def forward(self, x):
        if self.training:
            return x + 0.3 * float(np.random.randn()) + 0.1 * random.random()
        return x
"""

FORGETFUL = """\
import repro.training.checkpoint_callback

# as if the generators' state were no part of a checkpoint
repro.training.checkpoint_callback.restore_rng_state = lambda state: None

"""

RECIPES = {"stopping": (STOPPING, 150), "plateau": (PLATEAU, 60), "own": (OWN, 300), "forgetful": (OWN, 300)}


def make(name: str, folder: Path, *, share: float = 1.0) -> Path:
    """Write the study's folder; ``share`` of its steps."""
    text, steps = RECIPES[name]
    folder.mkdir(parents=True)
    (folder / "paper.yaml").write_text(HEAD + text.replace("STEPS", str(int(steps * share))))
    if name in ("own", "forgetful"):
        (folder / "model.py").write_text((FORGETFUL if name == "forgetful" else "") + NOISY)
    return folder
