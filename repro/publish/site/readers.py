"""The processes that read folders for the site."""

from repro.publish.aside.pool import Pool

WORKER = "repro.publish.site.worker"

SECONDS = 20.0
"""The longest that one folder may take."""


def readers(workers: int | None = None, seconds: float = SECONDS) -> Pool:
    """Workers for :func:`repro.publish.site.build.build_site`, started when they are needed."""
    return Pool(WORKER, seconds, workers)
