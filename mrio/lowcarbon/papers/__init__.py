"""What papers print, as data and recomputed."""
