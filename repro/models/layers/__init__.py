"""The layers that torch.nn does not have, and the few of its own that must hand on one tensor."""
