"""Folders and objects of other packages."""
