"""The class page: a static site of all papers and proposals, put together from strangers' folders.

Each folder is read by a process of its own (:mod:`repro.publish.site.summary_worker`), which gives what its card and
its page show as plain values; the rest is text. Nothing here imports torch, and nothing is drawn with matplotlib:
figures are sketched as small SVG from the numbers that the report's figures are drawn from
(:mod:`repro.publish.site.sketch`).
"""
