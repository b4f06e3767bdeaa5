"""What drives an impact: STIRPAT by least squares, ridge and on panels, with the tests that belong to it."""
