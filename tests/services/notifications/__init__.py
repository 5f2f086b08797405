"""Notifications, tested on both databases with the golden events of its neighbours."""
