"""Scheduling: the programme of the festivals, who signs in, and what the public sees of it."""
