"""Scenarios: what if. Named shocks on a table, their runs, and what differs."""
