"""The word ``weights`` of a spec: which layers a line means, and what it does to them."""
