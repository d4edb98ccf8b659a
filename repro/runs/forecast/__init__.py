"""What a study will take: time, memory and disk, from a probe of a few steps or from earlier runs."""
