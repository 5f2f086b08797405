"""Exhibitions that travel: their tours, the stops and how they come about, what becomes of them."""
