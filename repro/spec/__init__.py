"""Text -> Spec, or every problem with its place. Imports no torch: checking takes a fraction of a second."""
