"""Building tables: balancing kernels, import split, regional trade, assembling and updating."""
