"""Layers, losses, optimizers, schedulers and initialisations of torch."""

import inspect
import re
import typing
from typing import Any

import torch
from torch import nn
from torch.optim import lr_scheduler

from .record import record, signature
from .type_text import join

Namespace = dict[str, Any]

INFERRED = frozenset(
    {"num_features", "num_channels", "input_size", "normalized_shape", "batch_first", "d_model", "embed_dim"}
)
CONTAINERS = frozenset({"Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict", "Container"})
CHOICES = {  # torch's annotations say only "str" here
    "nonlinearity": "'tanh' | 'relu'",
    "activation": "'relu' | 'gelu'",
    "approximate": "'none' | 'tanh'",
    "mode": "'nearest' | 'linear' | 'bilinear' | 'bicubic' | 'trilinear' | 'nearest-exact' | 'area'",
    "unflattened_size": "[int]",
    "num_heads": "int",
}
REDUCTION = {"reduction": "'mean' | 'sum'"}
RESHAPED = frozenset({"kernel_size", "stride", "padding", "dilation", "output_size"})


def layers() -> Namespace:
    """Modules of torch.nn that turn one tensor into one tensor."""
    classes, left_out = {}, {}
    for name, cls in _modules():
        if _is_loss(name):
            continue
        if why := _why_no_layer(name, cls):
            left_out[name] = why
            continue
        types = {**CHOICES, **_sizes(name, cls)}
        for argument in ("out_features", "out_channels"):
            types[argument] = "int | classes"
        refuse = {"return_indices": "one output", "kdim": "inferred", "vdim": "inferred"}
        made = record(
            name, f"torch.nn.{name}", _parameters(cls), cls.__doc__ or "",
            types=types, refuse=refuse, inferred=lambda a: a in INFERRED or re.fullmatch(r"in\d?_\w+", a) is not None,
        )  # fmt: skip
        if _takes_same(name) and "padding" in made["arguments"]:
            padding = made["arguments"]["padding"]
            rest = [p for p in padding["type"].split(" | ") if p not in ("'same'", "'valid'")]
            padding["type"] = " | ".join(["'same'", *(["'valid'"] if name.startswith("Conv") else []), *rest])
        classes[name] = made
    return {"classes": classes, "left_out": left_out}


def losses() -> Namespace:
    """torch.nn losses of an output and a target."""
    classes, left_out = {}, {}
    for name, cls in _modules():
        if not _is_loss(name):
            continue
        wanted = _wanted(cls)
        if name == "NLLLoss2d":
            left_out[name] = "it is torch's old name of NLLLoss"
        elif name in ("AdaptiveLogSoftmaxWithLoss", "LinearCrossEntropyLoss"):
            left_out[name] = "it has weights of its own, so it is the last layer and the loss in one"
        elif len(wanted) != 2:
            left_out[name] = f"it wants {', '.join(wanted)}; a loss here gets an output and a target"
        else:
            types = {**REDUCTION, "weight": "tensor | none", "pos_weight": "tensor | none"}
            if name == "KLDivLoss":
                types["reduction"] = "'mean' | 'sum' | 'batchmean'"
            classes[name] = record(name, f"torch.nn.{name}", signature(cls), cls.__doc__ or "", types=types)
    return {"classes": classes, "left_out": left_out}


def optimizers() -> Namespace:
    """torch.optim optimizers."""
    left_out = {
        "Optimizer": "it is the base of all optimizers",
        "LBFGS": "not supported yet: it evaluates the loss several times a step",
        "SparseAdam": "it takes sparse gradients only",
        "Muon": "it takes matrices only, so it can't train a bias",
    }
    refuse = dict.fromkeys(("params", "fused", "foreach", "capturable", "differentiable"), "harness")
    refuse["maximize"] = "minimised"
    classes = {}
    for name, cls in sorted(vars(torch.optim).items()):
        if inspect.isclass(cls) and issubclass(cls, torch.optim.Optimizer) and name not in left_out:
            classes[name] = record(name, f"torch.optim.{name}", signature(cls), cls.__doc__ or "", refuse=refuse)
    return {"classes": classes, "left_out": left_out}


def schedulers() -> Namespace:
    """torch.optim.lr_scheduler, as far as plain data can say them."""
    left_out = {
        "LRScheduler": "it is the base of all schedulers",
        "LambdaLR": "it takes a function, which a spec can't hold",
        "MultiplicativeLR": "it takes a function, which a spec can't hold",
        "ChainedScheduler": "not supported yet: it holds other schedulers",
        "SequentialLR": "not supported yet: it holds other schedulers",
    }
    classes = {}
    refuse = {"optimizer": "harness", "last_epoch": "harness"}
    for name, cls in sorted(vars(lr_scheduler).items()):
        if not inspect.isclass(cls) or not issubclass(cls, lr_scheduler.LRScheduler):
            continue
        if name not in left_out and not name.startswith("_"):
            classes[name] = record(
                name, f"torch.optim.lr_scheduler.{name}", signature(cls), cls.__doc__ or "", refuse=refuse
            )
    return {"classes": classes, "left_out": left_out}


def inits() -> Namespace:
    """torch.nn.init functions that fill a tensor in place."""
    classes = {}
    for name, function in sorted(vars(nn.init).items()):
        if name.endswith("_") and not name.startswith("_") and callable(function):
            classes[name] = record(
                name, f"torch.nn.init.{name}", signature(function), function.__doc__ or "", refuse={"tensor": "harness"}
            )
    return {"classes": classes, "left_out": {}}


def _modules() -> list[tuple[str, type[nn.Module]]]:
    return sorted((n, c) for n, c in vars(nn).items() if inspect.isclass(c) and issubclass(c, nn.Module))


def _is_loss(name: str) -> bool:
    return name.endswith("Loss") or name == "NLLLoss2d"


def _wanted(cls: type[nn.Module]) -> list[str]:
    parameters = list(inspect.signature(cls.forward).parameters.values())[1:]
    return [p.name for p in parameters if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]


def _why_no_layer(name: str, cls: type[nn.Module]) -> str:
    wanted = _wanted(cls)
    if name in ("Module", "RNNBase", "RNNCellBase"):
        return "it is a base of other layers"
    if name in CONTAINERS:
        return "it holds other layers; write a list"
    if name.startswith("Lazy"):
        return f"sizes are inferred here anyway; write {name.removeprefix('Lazy')}"
    if name in ("DataParallel", "SyncBatchNorm"):
        return "spreading over devices is the harness's business"
    if name.endswith("Cell"):
        return f"it does one step; {name.removesuffix('Cell')} does them all"
    if name.startswith("Embedding"):
        return "not supported yet: it takes whole numbers, and items here are floating-point numbers"
    if name == "MultiheadAttention":
        return ""  # of a sequence on itself: one tensor
    if name == "TransformerEncoder":
        return "it holds other layers; repeat TransformerEncoderLayer instead"
    if len(wanted) != 1:
        return f"it wants {', '.join(wanted)}; a layer here gets one tensor"
    return ""


def _parameters(cls: type[nn.Module]) -> dict[str, inspect.Parameter]:
    """Parameters, of the written-out overload where the signature hides them (GRU, LSTM, RNN)."""
    overloads = [signature(o) for o in typing.get_overloads(cls.__init__)]
    spelled = [o for o in overloads if not any(p.kind is p.VAR_POSITIONAL for p in o.values())]
    return spelled[0] if spelled else signature(cls)


def _takes_same(name: str) -> bool:
    return re.fullmatch(r"(Conv|MaxPool|AvgPool)\dd", name) is not None


def _sizes(name: str, cls: type[nn.Module]) -> dict[str, str]:
    """Sizes of a layer of n dimensions are one number or exactly n, also where torch only says 'some'."""
    match = re.search(r"(?:Pool|Conv|ConvTranspose)(\d)d$", name)
    if not match:
        return {}
    n = int(match.group(1))
    found = {}
    for argument, parameter in _parameters(cls).items():
        if argument not in RESHAPED:
            continue
        adaptive = name.startswith("Adaptive")
        one = "int | none" if adaptive else "int"
        alternatives = ["int", f"({', '.join([one] * n)})"]
        if parameter.default is None or adaptive:
            alternatives.append("none")
        found[argument] = join(alternatives)
    return found
