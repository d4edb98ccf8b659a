"""The plan of a study with its price: seconds, memory and disk of each row, and what fits a budget."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from repro.runs.engine.fork_server import CAN_FORK
from repro.runs.engine.jobs import Jobs, choose_jobs, worker_bytes
from repro.runs.forecast.budget import Choice, Offer, choose
from repro.runs.forecast.estimate import Estimate, estimate
from repro.runs.forecast.probes import Probes
from repro.runs.forecast.wall import wall_seconds
from repro.runs.ledger import Ledger, is_over
from repro.runs.make_plan import make_plan
from repro.runs.plan import Plan, Run
from repro.runs.preflight import bytes_needed
from repro.runs.record import Record
from repro.spec.experiment import Experiment
from repro.spec.spec import Spec
from repro.training.leakage_probe.own_parts import own_parts


@dataclass(frozen=True)
class Row:
    """One experiment: ``seconds`` a run, of which ``left`` of ``runs`` are to be trained; bytes of memory and disk.

    ``failed`` says why nothing is known of it.
    """

    experiment: str
    title: str
    seconds: float
    source: str
    runs: int
    left: int
    memory: int
    device_memory: int
    disk: int
    failed: str = ""

    @property
    def total(self) -> float:
        """Seconds of all that is left of it."""
        return self.seconds * self.left


@dataclass(frozen=True)
class Forecast:
    """What a study at a rung will take. ``wall`` is until the last record, with ``jobs`` side by side.

    ``stall_limits`` are the seconds after which own code without progress is ended, each once; empty without own code.
    """

    spec: str
    rung: str
    rows: tuple[Row, ...]
    jobs: Jobs
    before: float
    wall: float
    budget: int | None
    choice: Choice | None
    offers: tuple[Offer, ...]
    notes: tuple[str, ...]
    stall_limits: tuple[int, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether all that was asked for fits the budget; true without one."""
        return self.budget is None or self.wall <= self.budget


def forecast(
    spec: Spec,
    others: Iterable[Spec],
    probes: Probes,
    *,
    only: Sequence[str] = (),
    seeds: int | Sequence[int] | None = None,
    jobs: int | None = None,
    budget: int | None = None,
) -> Forecast:
    """The price of a study at the rung of ``spec``.

    Args:
        spec: the study at the rung that was asked for, whose experiments were probed.
        others: the same study at its other rungs, for the budget.
        probes: what was measured.
        only: experiments to run; all where it is empty.
        seeds: as for :func:`repro.runs.make_plan.make_plan`.
        jobs: runs side by side; None for as many as :func:`repro.runs.run.run_plan` would take.
        budget: seconds of wall time that there are.

    """
    ledger = Ledger(spec.folder, "runs")
    records = (*Ledger(spec.folder, "results").records, *ledger.records)
    pricing = _Pricing(probes, ledger, records, jobs)
    plan = make_plan(spec, only, seeds)
    left = pricing.left(plan.runs)
    offers = (pricing.offer(spec, only, seeds), *(pricing.offer(other, only, seeds) for other in others))
    names = list(spec.experiments)
    chosen = pricing.jobs(left)
    return Forecast(
        spec=spec.name,
        rung=spec.rung,
        rows=tuple(sorted(pricing.rows(plan), key=lambda row: names.index(row.experiment))),
        jobs=chosen,
        before=pricing.before(left),
        wall=pricing.wall(left, chosen),
        budget=budget,
        choice=None if budget is None else choose(offers, budget),
        offers=offers,
        notes=probes.notes,
        stall_limits=tuple(sorted({e.training.stall_limit for e in spec.experiments.values() if _is_ended(e, plan)})),
    )


@dataclass(frozen=True)
class _Pricing:
    probes: Probes
    ledger: Ledger
    records: tuple[Record, ...]
    asked: int | None

    def rows(self, plan: Plan) -> list[Row]:
        by_name: dict[str, list[Run]] = {}
        for run in plan.runs:
            by_name.setdefault(run.experiment.name, []).append(run)
        return [self._row(name, runs) for name, runs in by_name.items()]

    def _row(self, name: str, runs: list[Run]) -> Row:
        probe, price, left = self.probes.found.get(name), self._price(runs[0]), self.left(runs)
        return Row(
            experiment=name,
            title=runs[0].experiment.title,
            seconds=price.seconds,
            source=price.source,
            runs=len(runs),
            left=len(left),
            memory=probe.memory if probe is not None else 0,
            device_memory=probe.device_memory if probe is not None else 0,
            disk=bytes_needed(left),
            failed=self.probes.failed.get(name, "") if price.source == "failed" else "",
        )

    def left(self, runs: Iterable[Run]) -> list[Run]:
        """Runs without a record, each once, though several experiments may share one."""
        distinct = {run.identity: run for run in runs}.values()
        return [run for run in distinct if not is_over(self.ledger.answer(run))]

    def jobs(self, runs: Sequence[Run]) -> Jobs:
        threads = max((run.experiment.training.threads for run in runs), default=1)
        return choose_jobs(len(runs), threads, asked=self.asked, memory=worker_bytes(run.experiment for run in runs))

    def before(self, runs: Sequence[Run]) -> float:
        """Seconds until the first run begins: imports, binding, data, and what each worker pays once."""
        if not runs:
            return 0.0
        probes = [p for run in runs if (p := self.probes.found.get(run.experiment.name)) is not None]
        once = max((p.data + p.cold for p in probes), default=0.0)
        return self.probes.prepare + self.probes.start + once

    def wall(self, runs: Sequence[Run], jobs: Jobs) -> float:
        return self.before(runs) + wall_seconds((self._price(run).seconds for run in runs), jobs.number)

    def offer(self, spec: Spec, only: Sequence[str], seeds: int | Sequence[int] | None) -> Offer:
        """What each number of seeds takes at a rung."""
        most = max((len(_seeds(runs)) for runs in _by_experiment(make_plan(spec, only, seeds)).values()), default=1)
        times = []
        for number in range(1, most + 1):
            left = self.left(_first(make_plan(spec, only, seeds), number))
            times.append(self.wall(left, self.jobs(left)))
        plan = _first(make_plan(spec, only, seeds), 1)
        return Offer(spec.rung, sum(self._price(run).seconds for run in plan), tuple(times))

    def _price(self, run: Run) -> Estimate:
        name = run.experiment.name
        return estimate(run.experiment, self.probes.found.get(name), self.records, self.probes.environment)


def _is_ended(experiment: Experiment, plan: Plan) -> bool:
    """Whether it is in the plan and has own code, which is ended where it shows no progress."""
    planned = any(run.experiment.name == experiment.name for run in plan.runs)
    return CAN_FORK and planned and (experiment.dataset.is_code or bool(own_parts(experiment)))


def _by_experiment(plan: Plan) -> dict[str, list[Run]]:
    groups: dict[str, list[Run]] = {}
    for run in plan.runs:
        groups.setdefault(run.experiment.name, []).append(run)
    return groups


def _first(plan: Plan, number: int) -> list[Run]:
    """The runs of each experiment's first seeds, in the order of the plan."""
    identities = {
        run.identity for runs in _by_experiment(plan).values() for run in runs if run.seed in _seeds(runs)[:number]
    }
    return [run for run in plan.runs if run.identity in identities]


def _seeds(runs: Sequence[Run]) -> list[int]:
    """The seeds in order; a seed's folds are runs of their own."""
    return list(dict.fromkeys(run.seed for run in runs))
