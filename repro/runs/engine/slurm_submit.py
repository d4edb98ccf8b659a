"""A process that submits one array through submitit, and prints its number. What it is to do comes as JSON."""

import json
import sys

import submitit

from repro.runs.engine.slurm_job import train


def main() -> int:
    """Read, submit, print; the error of sbatch goes to standard error in one line."""
    request = json.load(sys.stdin)
    try:
        executor = submitit.SlurmExecutor(folder=request["folder"], max_num_timeout=0)
        executor.update_parameters(**request["parameters"])
        jobs = executor.map_array(train, request["words"], request["checkpoints"])
    except (RuntimeError, ValueError, OSError) as error:
        sys.stderr.write(" ".join(str(error).split()) + "\n")
        return 1
    sys.stdout.write(jobs[0].job_id.split("_")[0] + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
