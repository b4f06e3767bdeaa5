"""Circular economy and green finance as inputs of the input-output model."""
