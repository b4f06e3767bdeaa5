"""Several results of one kind on a common dim: steps of a chain, draws of an ensemble."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr


def stacked(results: Sequence[xr.Dataset], dim: str, labels: Sequence[str] | Sequence[int]) -> xr.Dataset:
    """Return the numbers of several results in one Dataset along a new first dim, without attributes.

    Arrays that some results lack are left out, and so are marks that are no numbers of the result. Labels of
    other dims are brought to their union in the order of the first result; where a result lacks one (an
    effect of a factor that its tables do not have) its number is zero.

    Parameters
    ----------
    results
        Numbers of results of one kind.
    dim
        Name of the new dim.
    labels
        One label a result.
    """
    names = [
        str(name)
        for name, variable in results[0].data_vars.items()
        if variable.dtype.kind == "f" and all(name in result for result in results)
    ]
    return xr.Dataset({name: _stacked_array(results, name, dim, labels) for name in names})


def _stacked_array(
    results: Sequence[xr.Dataset], name: str, dim: str, labels: Sequence[str] | Sequence[int]
) -> xr.DataArray:
    arrays = [result[name] for result in results]
    coords = {
        str(own): list(dict.fromkeys(str(label) for array in arrays for label in array[own].values))
        for own in arrays[0].dims
    }
    values = np.zeros((len(arrays), *(len(own) for own in coords.values())))
    for number, array in enumerate(arrays):
        places = [[coords[str(own)].index(str(label)) for label in array[own].values] for own in array.dims]
        values[np.ix_([number], *places)] = array.values
    return xr.DataArray(
        values, dims=(dim, *coords), coords={dim: list(labels), **coords}, attrs=arrays[0].attrs
    )
