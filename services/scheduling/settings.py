"""What each process of scheduling cannot run without, beside its database."""

#: For `read_settings`: a web process signs cookies, and prints addresses.
NEEDS_WEB = frozenset({"PUBLIC_URL", "SECRET_KEY"})

#: For `read_settings`: a worker talks to the broker.
NEEDS_WORKER = frozenset({"AMQP_URL"})
