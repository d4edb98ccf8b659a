"""Whether a folder's results are real: metrics recomputed from predictions, and drawn runs trained again."""
