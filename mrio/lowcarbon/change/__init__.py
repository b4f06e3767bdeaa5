"""What changed between two states: decoupling, Kaya factors, co-control."""
