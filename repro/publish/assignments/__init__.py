"""Assignments: what a course asks, as data; who has answered what, and what is due when.

A course is a YAML file (``course.yaml``): assignments, each a list of parts, each a list of questions that point at the
words of a spec which answer them. The one of this folder is used where a teacher has put none beside the folders.
Nothing here imports torch: ``repro check`` asks it.
"""
