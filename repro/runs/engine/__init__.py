"""Who trains the runs: worker processes on this machine, ranks that share a run, or jobs on a cluster."""
