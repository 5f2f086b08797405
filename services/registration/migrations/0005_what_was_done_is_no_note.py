"""What the staff did, such as a message that went out, is told apart from what they noted."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: How notes of what was done began, in both languages, and what they are for those with an address
#: and for those without.
_DONE = (
    ("Message envoyé\u00a0: ", "message_mailed", "message_to_call"),
    ("Message sent: ", "message_mailed", "message_to_call"),
    ("Autre séance proposée\u00a0: ", "move_mailed", "move_to_call"),
    ("Another session proposed: ", "move_mailed", "move_to_call"),
    ("Lien renvoyé par courriel", "link_mailed", "link_mailed"),
    ("Link sent again by mail", "link_mailed", "link_mailed"),
)

_TELL_APART = sa.text(
    """
UPDATE registration_notes SET
    kind = CASE WHEN EXISTS (
        SELECT 1 FROM registrations
        WHERE registrations.id = registration_notes.registration_id AND email IS NOT NULL
    ) THEN :mailed ELSE :called END,
    text = substr(text, :after)
WHERE substr(text, 1, :letters) = :words
"""
)


def upgrade() -> None:
    with op.batch_alter_table("registration_notes", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(length=20), nullable=False, server_default="note")
        )
    for words, mailed, called in _DONE:
        op.execute(
            _TELL_APART.bindparams(
                words=words,
                letters=len(words),
                after=len(words) + 1,
                mailed=mailed,
                called=called,
            )
        )
    with op.batch_alter_table("registration_notes", schema=None) as batch_op:
        batch_op.alter_column("kind", server_default=None)
