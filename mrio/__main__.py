"""Run the command line: ``python -m mrio``."""

import sys

from mrio.cli import main

sys.exit(main())
