"""The console's pages on the mail."""
