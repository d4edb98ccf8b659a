"""What is in a data set, for people: the same sections as lines on a terminal and as a page with pictures and sounds."""
