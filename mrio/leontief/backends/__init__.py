"""The back ends: what solves (I - A) x = b for one way of storing A."""
