"""Registration: who comes, to what, with whom, and who waits."""
