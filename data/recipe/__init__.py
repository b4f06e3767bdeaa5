"""The recipe of the shipped Beijing-Tianjin-Hebei tables: from official statistics to balanced tables.

Run ``python -m data.recipe`` from the root of the checkout with ``MRIO_DATA_DIR`` set. One module is one
step; `accounts` and `assemble` run them in order, `systems` writes the files, `validate` compares with
tables that others made.
"""

import os

# OpenBLAS sums in an order that depends on the processor; one kernel for all gives the same bytes on all. It
# is read when numpy is loaded, so it acts in the command, not where numpy is in memory already.
os.environ.setdefault("OPENBLAS_CORETYPE", "Nehalem")
