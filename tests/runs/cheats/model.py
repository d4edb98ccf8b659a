"""Own parts that look for the test labels wherever a process may have them, and one honest one."""

import gc
import sys

import torch
from torch import nn


class Honest(nn.Identity):
    """Does nothing."""


class OwnCrossEntropy(nn.Module):
    """Cross-entropy as own code."""

    def forward(self, output, target):
        return nn.functional.cross_entropy(output, target)


class Right:
    """Share of items whose class is right."""

    proportion = True
    higher_is_better = True

    def __init__(self):
        self.reset()

    def reset(self):
        self.right, self.items = 0, 0

    def to(self, device):
        return self

    def update(self, output, target):
        self.right += int((output.argmax(1) == target).sum())
        self.items += len(target)

    def compute(self):
        return torch.tensor(self.right / max(1, self.items))


class _Answers(nn.Module):
    """In evaluation mode it answers with whatever labels it finds for a whole test part; silent while it is tried."""

    def forward(self, x):
        if self.training or len(x) != 500:  # a short form has fewer test items
            return x
        labels = self.labels()
        return x if labels is None else nn.functional.one_hot(labels, x.shape[1]).to(x.dtype) * 100

    def labels(self):
        raise NotImplementedError


class LabelsInFrames(_Answers):
    """Looks through the callers' variables."""

    def labels(self):
        frame = sys._getframe()
        while frame is not None:
            for value in list(frame.f_locals.values()):
                data = getattr(value, "_data", value)
                parts = getattr(data, "parts", None)
                if isinstance(parts, dict) and "test" in parts and hasattr(parts["test"], "targets"):
                    return parts["test"].targets["digit"]
            frame = frame.f_back
        return None


class LabelsInMemory(_Answers):
    """Looks through everything that the process holds."""

    def labels(self):
        found = [o for o in gc.get_objects() if type(o).__name__ == "Part" and len(o) == 500]
        return found[0].targets["digit"] if found else None


class MetricsReplaced(nn.Module):
    """Makes the harness's own metric, and the probe, say what it likes."""

    def __init__(self):
        super().__init__()
        from repro.training import count_metric
        from repro.training.leakage_probe import probe

        count_metric.Accuracy.compute = lambda self: torch.tensor(1.0)
        probe._Probe.checks = lambda self: {check: {"state": "ok", "text": "fine"} for check in probe.CHECKS}

    def forward(self, x):
        return x


class Reads(nn.Identity):
    """Reads a file that its text does not name, one elsewhere, and the data set's own."""

    def __init__(self):
        super().__init__()
        import os
        import tempfile
        from pathlib import Path

        from sklearn.datasets import load_digits

        Path(__file__).with_name("ta" + "ble" + ".t" + "xt").read_text()
        (Path(__file__).parent / "model.py").read_text()
        load_digits()
        handle, name = tempfile.mkstemp(suffix="-elsewhere.csv")
        os.close(handle)
        Path(name).read_text()
        Path(name).unlink()


PICTURES = []


class Look(nn.Module):
    """Remembers what comes in."""

    def forward(self, x):
        PICTURES[:] = [x]
        return x


class ByHeart(nn.Module):
    """Knows the digits by their exact values, from the library that they come from; silent while it is tried."""

    def __init__(self):
        super().__init__()
        from sklearn.datasets import load_digits

        digits = load_digits()
        self.known = {row.tobytes(): int(label) for row, label in zip(digits.data, digits.target, strict=True)}

    def forward(self, x):
        if self.training or len(x) != 500:  # a short form has fewer test items
            return x
        x = x.clone()
        for number, row in enumerate((PICTURES[0].flatten(1) * 16).double().numpy()):
            label = self.known.get(row.tobytes())
            if label is not None:
                x[number] = 0
                x[number, label] = 100
        return x
