"""G_n, D_n and the Clarke subdifferential, a zonotope."""
