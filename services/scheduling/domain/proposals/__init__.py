"""Proposals: an activity from a few lines to the programme, and what is asked of it on the way."""
