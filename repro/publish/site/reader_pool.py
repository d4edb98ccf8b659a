"""The processes that read folders for the site."""

from repro.publish.sandbox.pool import WorkerPool

WORKER = "repro.publish.site.summary_worker"

SECONDS = 20.0
"""The longest that one folder may take."""


def reader_pool(workers: int | None = None, seconds: float = SECONDS) -> WorkerPool:
    """Workers for :func:`repro.publish.site.build.build_site`, started when they are needed."""
    return WorkerPool(WORKER, seconds, workers)
