"""How A is stored: dense, between diagonals, times rates, structured, updated; products read it in passes."""
