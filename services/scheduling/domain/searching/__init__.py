"""Full-text search that forgives accents, plurals and typing errors, on either database.

An edition's published words are kept in memory (`index.py`); the database is asked for the sessions
of the activities and places that were found.
"""
