"""The pages of scheduling, and its calendar feeds."""
