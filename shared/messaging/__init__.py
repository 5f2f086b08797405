"""Envelope, outbox, relay, inbox and catch-up; the one nameko adapter."""
