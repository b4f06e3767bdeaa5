"""Accounts that a comparison of two tables may explain, and the form that each takes."""

from __future__ import annotations

from collections.abc import Iterable

from mrio.errors import DataError
from mrio.schema import VALUE_ADDED
from mrio.tables import System, require_one_unit


def common_accounts(a: System, b: System) -> tuple[str, ...]:
    """Return the accounts that both tables have, value added first."""
    return tuple(name for name in a.account_names if name in b.account_names)


def account_names(a: System, b: System, account: str | Iterable[str]) -> tuple[str, ...]:
    """Return the account names asked for, after making sure that both tables hold them in one unit.

    Raises
    ------
    LabelError, DataError, UnitsError
        When an account is missing, doubled, or in another unit.
    """
    names = (account,) if isinstance(account, str) else tuple(account)
    if not names or len(set(names)) < len(names):
        raise DataError(
            "Accounts are named twice or not at all.",
            amount=f"got {names}",
            remedy="name each account once, and at least one",
        )
    for name in names:
        require_one_unit((a, b), name)
    return names


def dependent_forms(names: tuple[str, ...], dependent: bool | None) -> tuple[bool, ...]:
    """Return for each account whether it takes the dependent form, which only value added can.

    Raises
    ------
    DataError
        When the dependent form is asked for without value added.
    """
    if dependent and VALUE_ADDED not in names:
        raise DataError(
            "The dependent form exists for value added only.",
            amount=f"accounts {', '.join(names)}",
            remedy="leave dependent out, or add 'value_added' to the accounts",
        )
    return tuple(name == VALUE_ADDED and dependent is not False for name in names)
