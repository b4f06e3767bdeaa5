"""The recipe of the shipped Beijing-Tianjin-Hebei tables: from official statistics to balanced tables.

Run ``python -m data.recipe`` from the root of the checkout with ``MRIO_DATA_DIR`` set. One module is one
step; `accounts` and `assemble` run them in order, `systems` writes the files, `validate` compares with
tables that others made.
"""
