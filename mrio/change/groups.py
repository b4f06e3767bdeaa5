"""Groups of factors that a user names, to be counted as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mrio.change.coalitions import Partition
from mrio.errors import DataError, LabelError

Groups = Mapping[str, Sequence[str]]
"""Names of groups and the effects in each, for example ``{"transfer": ["final_sourcing", ...]}``."""


def partition_of(groups: Groups | None, labels: Sequence[Sequence[str]]) -> tuple[Partition, list[str]]:
    """Return the players of each group, and the group of each player.

    A factor that no group names is a group of its own under its own name.

    Parameters
    ----------
    groups
        Groups as the user named them.
    labels
        Names of each player; technology is also called ``"input_mix"`` where an account takes the dependent
        form.

    Raises
    ------
    LabelError
        When a group names a factor that there is not.
    DataError
        When a factor is in two groups, a group is empty, or a group takes the name of a factor outside of it.
    """
    player_of = {name: player for player, names in enumerate(labels) for name in names}
    group_of: dict[int, str] = {}
    for group, members in (groups or {}).items():
        _check(group, members, player_of)
        for player in {player_of[name] for name in members}:
            if player in group_of:
                raise DataError(
                    f"The factor {labels[player][0]!r} is in two groups.",
                    where=f"{group_of[player]!r} and {group!r}",
                    remedy="name each factor in one group only",
                )
            group_of[player] = group
    names = [group_of.get(player, own[0]) for player, own in enumerate(labels)]
    partition = [[player for player, own in enumerate(names) if own == name] for name in dict.fromkeys(names)]
    return partition, names


def _check(group: str, members: Sequence[str], player_of: Mapping[str, int]) -> None:
    """Raise when the members of one group cannot be used."""
    if isinstance(members, str) or not members:
        raise DataError(
            f"The group {group!r} names no factors.",
            amount=f"got {members!r}",
            remedy="give a list of effects: {'transfer': ['intermediate_sourcing', 'final_sourcing']}",
        )
    unknown = [name for name in members if name not in player_of]
    if unknown:
        raise LabelError(
            f"The group {group!r} names factors that this decomposition does not have.",
            where=", ".join(map(repr, unknown)),
            remedy=f"factors are {', '.join(map(repr, player_of))}",
        )
    if group in player_of and group not in members:
        raise DataError(
            f"The group {group!r} has the name of a factor that is not in it.", remedy="choose another name"
        )
