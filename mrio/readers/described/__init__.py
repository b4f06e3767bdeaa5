"""Sheets and long tables whose layout the user describes."""
