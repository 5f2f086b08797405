"""Mechanism and contracts that every service uses; never a rule of one of them."""
