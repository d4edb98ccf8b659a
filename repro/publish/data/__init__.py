"""What is in a data set, for people: sections as lines on a terminal, and a page with pictures and sounds."""
