"""The rules of the mail: what is written to whom, and when it counts as sent."""
