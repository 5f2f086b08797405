"""Notifications: the mail that goes out, its copies of the sessions, and the console of both."""
