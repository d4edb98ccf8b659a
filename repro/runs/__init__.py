"""Which runs a study needs, who trains them, and the records they leave.

Takes: a spec, and a choice of experiments and seeds.
Gives: a plan, events while it runs, and one record for each finished run.
May import: training, models, data, spec, disk.
"""
