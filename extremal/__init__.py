"""Every extremal vector of a two-layer ReLU network's early training, with a proof that none is missing."""
