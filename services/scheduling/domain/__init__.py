"""The rules of scheduling, a module for each noun."""
