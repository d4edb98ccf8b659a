"""A text of BibTeX takes a moment and little memory, whatever it holds."""

import time
import tracemalloc

import pytest

from repro.publish.content.bibliography import _entries
from repro.spec.problem import SpecError

WORD = "x" * 900
DOUBLING = '@string{a0 = "word"}\n' + "".join(f"@string{{a{i + 1} = a{i} # a{i}}}\n" for i in range(40))
BOMBS = {
    "macros that double": DOUBLING + "@misc{k, title = a40}",
    "a macro many times": f'@string{{a = "{WORD}"}}\n@misc{{k, title = {" # ".join(["a"] * 100_000)}}}',
    "a macro in many entries": f'@string{{a = "{WORD}"}}\n'
    + "".join(f"@misc{{k{i}, title = a}}\n" for i in range(9_000)),
    "a long field": "@misc{k, title={a" + " " * 400_000 + "b}}",
    "many authors": "@misc{k, author={" + " and ".join(["A B"] * 60_000) + "}, title={x}}",
    "braces": "@misc{k, title={" + "{" * 9_000 + "}" * 9_000 + "}}",
    "commas": "@misc{k, author={" + "," * 19_000 + "}}",
    "entries that begin": "@misc{" * 80_000,
    "signs": "@" * 400_000,
}
HARMLESS = {
    "a macro": '@string{j = "Journal"}\n@article{k, title={T}, journal=j # { of }, year=2020}',
    "deep braces": "@misc{k, title={" + "{" * 90 + "T" + "}" * 90 + "}}",
    "accents": "@misc{k, title={" + "\\'e" * 5_000 + "}}",
    "names": "@misc{k, title={T}, author={" + " and ".join(["Ann Bee"] * 1_500) + "}}",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused(name):
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(SpecError, match="references"):
        _entries(BOMBS[name], "refs.bib")
    taken, most = time.process_time() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < 20
    assert most < 100 * 2**20


@pytest.mark.parametrize("name", HARMLESS)
def test_what_people_write_is_read(name):
    (made,) = _entries(HARMLESS[name], "refs.bib")
    assert made
