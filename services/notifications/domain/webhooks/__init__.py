"""Webhooks: HTTPS addresses of organisers' programs that are told of what happens, signed."""
