"""The kinds of mail, by the names under which their rows are kept."""

CONFIRMED = "registration_confirmed"
CHANGED = "registration_changed"
CANCELLED = "registration_cancelled"
ASKED = "registration_asked"
RELEASED = "registration_released"
OFFERED = "registration_offered"
EXPIRED = "registration_expired"
MOVE_PROPOSED = "registration_move_proposed"
MOVED = "registration_moved"
KEPT = "registration_kept"
PROGRAMME_CHANGED = "programme_changed"
SESSIONS_RESCHEDULED = "sessions_rescheduled"
MESSAGE = "organiser_message"
LINKS = "registration_links"
SIGN_IN = "sign_in"
INVITED = "account_invited"
PROPOSAL_MOVED = "proposal_moved"
PROPOSALS_REMINDED = "proposals_reminded"
STOP_MOVED = "stop_moved"
STOP_OPTION_REMINDED = "stop_option_reminded"
WEBHOOK_DISABLED = "webhook_disabled"
SUBSCRIPTION_ASKED = "subscription_asked"
NEWSLETTER = "newsletter"
NEWSLETTER_TEST = "newsletter_test"
FOLLOWED = "activity_followed"

#: The mails about a session that is proposed in place of another, and about the answer.
MOVES = (MOVE_PROPOSED, MOVED, KEPT)

#: The mails of which nothing is kept once they have left: what they carry opens doors.
PASSING = (SIGN_IN, LINKS, SUBSCRIPTION_ASKED)

#: The mails about stops of travelling exhibitions.
STOPS = (STOP_MOVED, STOP_OPTION_REMINDED)

#: The mails about what becomes of a proposal, and about what is missing from several.
PROPOSALS = (PROPOSAL_MOVED, PROPOSALS_REMINDED)

#: The mails about one registration: whom they do not reach is called.
OF_REGISTRATIONS = frozenset(
    {
        CONFIRMED,
        CHANGED,
        CANCELLED,
        ASKED,
        RELEASED,
        OFFERED,
        EXPIRED,
        *MOVES,
        PROGRAMME_CHANGED,
    }
)

#: What somebody's own registration or work in Parvis causes; all else was not asked for. A
#: subscription is asked for by whoever typed the address.
ASKED_FOR = frozenset(
    {
        *OF_REGISTRATIONS,
        LINKS,
        SIGN_IN,
        NEWSLETTER_TEST,
        PROPOSAL_MOVED,
        SESSIONS_RESCHEDULED,
        *STOPS,
        WEBHOOK_DISABLED,
    }
)

#: What one subscribes to: never queued without the consent that allows it.
SUBSCRIPTIONS = (NEWSLETTER, FOLLOWED)
