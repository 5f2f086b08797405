"""The letter: who is written to by their own wish, what is news to them, and what is sent."""
