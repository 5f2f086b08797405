"""The kinds of mail, by the names under which their rows are kept."""

CONFIRMED = "registration_confirmed"
CHANGED = "registration_changed"
CANCELLED = "registration_cancelled"
PROGRAMME_CHANGED = "programme_changed"
SIGN_IN = "sign_in"
