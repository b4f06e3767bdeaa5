"""Readers of published tables and inventories, one module a source."""
