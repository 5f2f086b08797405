"""What the services have agreed to tell one another."""
