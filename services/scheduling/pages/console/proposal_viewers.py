"""Who looks at proposals: the coordination at all, organisers at those of their organisations."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from flask import abort
from sqlalchemy.orm import Session as DbSession

from services.scheduling.domain.proposals.moving import Mover
from services.scheduling.domain.proposals.steps import Side
from services.scheduling.models import Account, Activity, Membership
from shared.web.sign_in import current_account

#: Those who see proposals.
VIEWERS = ("coordinator", "organiser", "reader")


@dataclass(frozen=True)
class Viewer:
    """Who is signed in; `organisations` are those that they act for."""

    account_id: UUID
    name: str
    is_coordinator: bool
    is_organiser: bool
    organisations: frozenset[UUID]

    @property
    def side(self) -> Side:
        """Return for whom they act."""
        return "coordination" if self.is_coordinator else "organisation"

    @property
    def sees_all(self) -> bool:
        """Tell whether every organisation's proposals are shown: organisers see their own."""
        return self.is_coordinator or not self.is_organiser

    def may_see(self, activity: Activity) -> bool:
        """Tell whether the proposal is theirs to look at."""
        return self.sees_all or self.acts_for(activity)

    def may_edit(self, activity: Activity) -> bool:
        """Tell whether they may change the proposal and take it further."""
        return self.is_coordinator or (self.is_organiser and self.acts_for(activity))

    def acts_for(self, activity: Activity) -> bool:
        """Tell whether the proposal is of one of their organisations."""
        return activity.organisation_id in self.organisations

    def mover(self, db: DbSession) -> Mover:
        """Return them as one who takes a step."""
        account = db.get(Account, self.account_id)
        return Mover(self.account_id, self.name, self.side, account.email if account else None)


def current_viewer(db: DbSession) -> Viewer:
    """Return who is signed in; nobody, a 401."""
    account = current_account() or abort(401)
    organisations = db.scalars(
        sa.select(Membership.organisation_id).where(
            Membership.account_id == account.id, Membership.organisation_id.is_not(None)
        )
    )
    return Viewer(
        account.id,
        account.name,
        account.has_role("coordinator"),
        account.has_role("organiser"),
        frozenset(one for one in organisations if one is not None),
    )
