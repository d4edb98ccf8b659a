"""The command line: one file for each command. The only room that prints, apart from the progress bar.

Takes: the words of a command line.
Gives: text on the terminal, files and an exit code.
May import: publish, study, results, progress_bar, runs, training, models, data, spec, disk.
"""
