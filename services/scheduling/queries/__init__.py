"""Page-shaped reads of scheduling."""
