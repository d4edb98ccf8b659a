"""What people read: reports, posts, slides, class pages, grading, and the feeds of trackers.

Takes: a study, with its spec, records and results.
Gives: HTML, Markdown, slides and PDF as values or files; never a number of its own.
May import: study, results, progress_bar, runs, training, models, data, spec, disk.
"""
