"""One self-contained HTML page of a result."""

from mrio.report.page import write_report

__all__ = ["write_report"]
