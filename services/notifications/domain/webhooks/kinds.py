"""What a webhook can be told of; the names are part of what is sent, and never change."""

SESSION_PUBLISHED = "session.published"
SESSION_CHANGED = "session.changed"
SESSION_CANCELLED = "session.cancelled"
REGISTRATION_MADE = "registration.made"
REGISTRATION_CHANGED = "registration.changed"
REGISTRATION_CANCELLED = "registration.cancelled"

#: What can be chosen, in the order of the form.
KINDS = (
    SESSION_PUBLISHED,
    SESSION_CHANGED,
    SESSION_CANCELLED,
    REGISTRATION_MADE,
    REGISTRATION_CHANGED,
    REGISTRATION_CANCELLED,
)

#: What somebody sends from the console to see whether it arrives; nobody has to choose it.
TEST = "webhook.test"
