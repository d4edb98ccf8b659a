"""Slides: the same content in 10 to 15 pages for a talk, as an editable .pptx and as PDF without an office program."""
