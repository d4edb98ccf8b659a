"""Dumping and reading again gives the same: for any tree, and for every word with the values that it takes."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repro.spec.dump import dump, flow
from repro.spec.keywords import ORDER
from repro.spec.load import read_spec
from repro.spec.tree import ListNode, MapNode, TextNode
from repro.spec.yaml import read_tree, read_value

STUDY = Path(__file__).parent / "study.yaml"

# Every character that the loader lets through, tab and line feed among them.
TEXTS = st.text(
    st.characters(
        exclude_categories=("Cc", "Cs", "Zl", "Zp"),
        exclude_characters="\ufeff\ufffe\uffff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    )
    | st.sampled_from("\n\t:#,[]{}'\"\\&*!|>%@`-?~"),
    max_size=30,
)
KEYS = TEXTS.filter(lambda t: t != "<<").map(TextNode)
NODES = st.recursive(
    TEXTS.map(lambda t: TextNode(t, quoted=True)),
    lambda inner: (
        st.lists(inner, max_size=4).map(ListNode) | st.dictionaries(KEYS.filter(bool), inner, max_size=4).map(MapNode)
    ),
    max_leaves=12,
)


@given(NODES)
@settings(max_examples=100, deadline=None)
def test_any_value_reads_back_on_one_line(node):
    text = flow(node)
    assert "\n" not in text
    assert read_value(f"{{a: {text}}}", "p.yaml")[TextNode("a")] == node


@given(
    st.dictionaries(st.sampled_from(ORDER).map(TextNode) | KEYS.filter(bool), NODES, min_size=1, max_size=6).map(
        MapNode
    )
)
@settings(max_examples=100, deadline=None)
def test_any_tree_reads_back(tree):
    text = dump(tree)
    again = read_tree(text, "p.yaml")
    assert again == tree
    assert dump(again) == text  # canonical


def test_words_come_in_their_order():
    tree = read_tree("seeds: [0]\nquestion: Why?\npaper: {title: X}\n", "p.yaml")
    assert dump(tree) == "paper:\n  title: X\nquestion: Why?\nseeds: [0]\n"


def test_the_order_of_names_is_kept():
    tree = read_tree("metric: {b: Accuracy, a: ErrorRate}\n", "p.yaml")
    assert list(read_tree(dump(tree), "p.yaml")[TextNode("metric")]) == ["b", "a"]


def test_texts_that_mislead_are_quoted():
    tree = read_tree("question: 'a: b, c #d'\npaper: {title: '- x', venue: 'null', url: '~'}\n", "p.yaml")
    assert dump(tree) == 'paper:\n  title: "- x"\n  venue: "null"\n  url: "~"\nquestion: "a: b, c #d"\n'


def study():
    return read_spec(STUDY.read_text(), STUDY)


def test_a_whole_study_reads_back_typed():
    tree = read_tree(STUDY.read_text(), str(STUDY))
    text = dump(tree)
    assert read_tree(text, "p.yaml") == tree
    assert read_spec(text, STUDY) == study()


# For every word, values of all the forms it takes. Each is put into the study, dumped and loaded again.
NUMBERS = st.one_of(
    st.integers(1, 10**6).map(str),
    st.floats(1e-6, 1e3).map(lambda x: f"{x:.6g}"),
    st.sampled_from(["1e-3", ".5", "1e2"]),
)
COUNTS = st.integers(1, 400).map(str) | st.sampled_from(["1e2", "2e2"])
PROSE = TEXTS.map(str.strip).filter(bool).map(lambda t: TextNode(t, quoted=True))


def block(**pairs):
    return MapNode(
        [
            (TextNode(k.replace("__", ".")), v if isinstance(v, TextNode | ListNode | MapNode) else TextNode(v))
            for k, v in pairs.items()
        ]
    )


def items(*nodes):
    return ListNode([n if isinstance(n, TextNode | ListNode | MapNode) else TextNode(n) for n in nodes])


LAYERS = st.lists(
    st.one_of(
        st.sampled_from(["ReLU", "Tanh", "Identity"]).map(TextNode),
        st.floats(0, 0.9).map(lambda p: block(Dropout=block(p=f"{p:.3f}"))),
        st.integers(1, 99).map(lambda n: block(Linear=block(out_features=str(n)))),
    ),
    max_size=5,
).map(lambda layers: items("Flatten", *layers, block(Linear=block(out_features="classes"))))

VALUES = {
    "paper": st.builds(
        lambda t, y, v: block(title=t, authors=items("A. Student"), year=str(y), venue=v),
        PROSE,
        st.integers(1900, 2100),
        PROSE,
    ),
    "question": PROSE,
    "dataset": st.sampled_from([TextNode("mnist1d"), block(name="mnist1d", seed="3", why="small")]),
    "labels": st.sampled_from([TextNode("digit"), block(digit=block(column="digit", kind="class"))]),
    "splits": st.builds(
        lambda t, v, s: block(**{"from": "official", "train": str(t), "validation": str(v), "seed": s}),
        st.integers(1, 3000),
        st.integers(1, 1000),
        st.sampled_from(["0", "7", "run"]),
    ),
    "features": st.floats(0, 1).map(
        lambda low: block(
            scaled=items(block(Rescale=block(low=f"{low:.3f}", high="2"))), mixed=items("scaled", "augment")
        )
    ),
    "augment": st.floats(0, 20).map(lambda db: items(block(Noise=block(snr_db=items("0", f"{db:.2f}"))))),
    "architecture": LAYERS.map(lambda layers: block(line=block(**{"from": "scaled", "layers": layers}))),
    "weights": st.builds(
        lambda l2, m: block(all=block(weight="xavier_uniform_", bias="0", l2=l2, max_norm=m)), NUMBERS, NUMBERS
    ),
    "optimizer": st.builds(
        lambda lr, name: block(**{name: block(lr=lr)}), NUMBERS, st.sampled_from(["Adam", "SGD", "RMSprop"])
    ),
    "scheduler": st.integers(1, 50).map(lambda n: block(StepLR=block(step_size=str(n), gamma="0.5", every="epoch"))),
    "loss": st.sampled_from(
        [
            TextNode("CrossEntropyLoss"),
            block(CrossEntropyLoss=block(label_smoothing="0.1")),
            block(digit="CrossEntropyLoss"),
        ]
    ),
    "loss_weights": NUMBERS.map(lambda w: block(digit=w)),
    "metric": st.sampled_from(
        [block(accuracy="Accuracy"), block(accuracy="Accuracy", f1=block(F1Score=block(average="macro")))]
    ),
    "evaluation": st.sampled_from(["test", "validation", "train"]).map(
        lambda of: block(noisy=block(of=of, augment=items(block(Noise=block(snr_db="5")))))
    ),
    "training": st.builds(
        lambda b, n, unit, order: block(
            batch_size=b, **{unit: n}, order=order, select="best_validation", stop_patience="3"
        ),
        COUNTS,
        COUNTS,
        st.sampled_from(["steps", "epochs"]),
        st.sampled_from(["shuffled", "fixed"]),
    ),
    "seeds": st.lists(st.integers(0, 99), min_size=1, max_size=5, unique=True)
    .filter(lambda s: s != [1])
    .map(lambda s: items(*map(str, s))),
    "baseline": st.just(TextNode("line")),
    "reported": st.floats(0, 100).map(
        lambda v: items(
            block(where="Table 1, row 2", metric="accuracy", unit="percent", values=block(line=f"{v:.2f} ± 1.5"))
        )
    ),
    "claims": NUMBERS.map(
        lambda by: items(block(method="slow", other="line", by=by, metric="accuracy", at=items("5 steps", "1 epoch")))
    ),
    "figures": PROSE.map(lambda t: items(block(name="all", kind="bars", y="test/accuracy", reproduces=t))),
    "sources": PROSE.map(lambda t: block(paper=block(optimizer=t), guess=items("seeds"))),
    "rungs": COUNTS.map(lambda n: block(smoke=block(training__steps=n, seeds=items("0")))),
    "answers": PROSE.map(lambda t: block(better_model=t)),
    "questions": st.lists(PROSE, min_size=1, max_size=3).map(ListNode),
    "answers_to_peers": PROSE.map(lambda t: items(block(to="ada", ask=t, answer=t))),
    "references": PROSE.map(lambda t: ListNode([t])),
    "tracking": st.sampled_from([items("wandb", "csv"), block(wandb=block(project="a-b", entity="c", mode="offline"))]),
    "model": st.just(TextNode("line")),
    "experiments": st.builds(
        lambda t, lr: block(
            line=block(title=t), slow=block(like="line", optimizer__Adam__lr=lr), human=block(not_run="nobody")
        ),
        PROSE,
        NUMBERS,
    ),
}
BASE = """
paper: {title: X}
question: Why?
dataset: mnist1d
splits: {from: official, validation: 500}
features: {scaled: [Rescale: {low: 0, high: 1}]}
architecture: {line: {from: scaled, layers: [Flatten, Linear: {out_features: classes}]}}
model: line
optimizer: {Adam: {lr: 0.123456789}}
loss: CrossEntropyLoss
metric: {accuracy: Accuracy}
training: {batch_size: 100, steps: 600}
seeds: [0]
baseline: line
experiments: {line: {}, slow: {seeds: [1]}}
"""
PROPOSAL = BASE.replace("paper: {title: X}", "proposal: {title: X}\nrelated_work: {smith: {title: Y}}")
OF_PROPOSALS = {
    "proposal": PROSE.map(lambda t: block(title=t, due="2026-12-04")),
    "related_work": st.builds(lambda t, s: block(smith=block(title=t, summary=s, year="2018")), PROSE, PROSE),
    "expected": NUMBERS.map(
        lambda n: items(
            block(metric="loss", unit="nats", values=block(line=n), curves=block(slow=items(items("0", n))))
        )
    ),
    "figure_to_reproduce": PROSE.map(lambda t: block(paper="smith", figure=t)),
}


def test_every_word_has_values_here():
    assert set(VALUES) | set(OF_PROPOSALS) == set(ORDER) - {"tune"}  # not built yet


@pytest.mark.parametrize("word", sorted(VALUES | OF_PROPOSALS))
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_load_of_dump_is_the_same_for_every_word(word, data):
    value = data.draw((VALUES | OF_PROPOSALS)[word])
    base = read_tree(PROPOSAL if word in OF_PROPOSALS else BASE, "p.yaml")
    tree = MapNode([*((k, v) for k, v in base.items() if k != word), (TextNode(word), value)])
    text = dump(tree)
    assert read_tree(text, "p.yaml") == tree
    spec = read_spec(text, Path("p.yaml"))
    again = read_spec(dump(read_tree(text, "p.yaml")), Path("p.yaml"))
    assert again == spec
