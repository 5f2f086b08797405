"""Sessions before they have a time and a place: made, placed, taken off the grid again."""
