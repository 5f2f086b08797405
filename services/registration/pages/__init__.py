"""Registration's pages and feeds."""
