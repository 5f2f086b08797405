"""How the services are put together and run."""
