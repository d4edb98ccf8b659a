"""What is said about a study, before anybody has decided what it looks like: one content for report, posts and slides.

A document is a list of sections of blocks (:mod:`.document_model`). Blocks are made from a spec, its records and its
results (:class:`.report_context.ReportContext`); every number in them is looked up and names the records behind it. A
person's own words stand in blocks of their own, and what is not yet written is a block that shows the gap.
"""
