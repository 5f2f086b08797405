"""What each service publishes: the contracts of the events, with golden examples."""
