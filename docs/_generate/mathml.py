"""Formulas as MathML, made when the site is built: browsers draw it without a script and without a network."""

from typing import Any

from docutils import nodes
from latex2mathml.converter import convert


def mathml(formula: str, display: str) -> str:
    """A formula of LaTeX as an element ``math``.

    Raises:
        ValueError: the converter left an alignment mark as it is, as it does in an environment that it does not know.

    """
    element = convert(formula, display=display)
    if "<mi>&</mi>" in element:
        raise ValueError(f"write split in place of aligned: {formula}")
    return element


def inline_formula(translator: Any, node: nodes.math) -> None:
    """Write a formula within a line."""
    translator.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def formula_block(translator: Any, node: nodes.math_block) -> None:
    """Write a formula that stands alone; a wide one is scrolled, not cut."""
    translator.body.append(f'<div class="formula" tabindex="0">{mathml(node.astext(), "block")}</div>')
    raise nodes.SkipNode
