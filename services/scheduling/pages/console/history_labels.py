"""What the history calls objects, actions, fields and codes."""

from collections.abc import Mapping

from services.scheduling.pages.console.kept_words import COLUMN_LABELS
from services.scheduling.pages.console.proposal_words import LABEL_LABELS, STATE_LABELS
from services.scheduling.pages.console.session_words import KIND_CHOICES, WAY_IN_CHOICES
from services.scheduling.pages.console.touring_words import AGREEMENTS, RESOURCE_KINDS, STANDINGS
from services.scheduling.pages.words import AUDIENCE_LABELS
from shared.i18n import LazyText
from shared.i18n import lazy_gettext as _
from shared.web.sign_in import ROLE_LABELS

#: The kinds of objects that have a history, by the name of their table.
NOUNS: dict[str, LazyText] = {
    "sessions": _("Séance"),
    "activities": _("Animation"),
    "venues": _("Lieu"),
    "spaces": _("Salle ou espace"),
    "communes": _("Commune"),
    "organisations": _("Structure"),
    "presenters": _("Intervenant·e"),
    "resources": _("Matériel"),
    "tours": _("Itinérance"),
    "stops": _("Étape"),
    "editions": _("Édition"),
    "releases": _("Publication"),
    "festivals": _("Festival"),
    "accounts": _("Compte"),
    "site_texts": _("Texte légal"),
}

#: What somebody did, as the rest of a sentence.
ACTIONS: dict[str, LazyText] = {
    "created": _("a créé"),
    "changed": _("a modifié"),
    "deleted": _("a supprimé"),
    "placed": _("a placé dans la grille"),
    "unplaced": _("a remis en attente"),
    "merged": _("a réuni des doublons"),
    "reverted": _("est revenu à ce qui est publié"),
    "held_back": _("a mis de côté pour les publications"),
    "let_go": _("a repris dans les publications"),
    "withdrawn_release": _("a annulé une publication"),
    "taken_back": _("a défait une publication"),
    "copied": _("a commencé cette édition d’après une autre"),
    "accepted_conflict": _("a dit qu’un conflit est voulu"),
    "reopened_conflict": _("a rouvert un conflit"),
    "submit": _("a envoyé à la coordination"),
    "accept": _("a validé"),
    "ask_changes": _("a demandé des compléments"),
    "decline": _("n’a pas retenu"),
    "reconsider": _("a repris l’étude"),
    "withdraw": _("a retiré"),
    "resume": _("a repris"),
    "request_label": _("a demandé le label"),
    "grant_label": _("a accordé le label"),
    "refuse_label": _("n’a pas accordé le label"),
    "drop_label": _("a renoncé au label"),
    "comment": _("a commenté"),
    "invited": _("a invité"),
    "disabled": _("a désactivé"),
    "enabled": _("a réactivé"),
}

RELEASED = _("a publié (publication n° %(number)s)")

#: Rows that are only a part of another object.
PARTS = ("rules", "unavailability")

#: What codes mean, by the field that holds them.
CODES: Mapping[str, Mapping[str, LazyText]] = {
    "kind": {code: label for code, label, _hint in KIND_CHOICES} | RESOURCE_KINDS,
    "registration": {code: label for code, label, _hint in WAY_IN_CHOICES},
    "status": {"confirmed": _("a lieu"), "cancelled": _("annulée")},
    "audience": AUDIENCE_LABELS,
    "state": {**STANDINGS, **STATE_LABELS},
    "label_state": LABEL_LABELS,
    "loan_agreement": AGREEMENTS,
    "roles": ROLE_LABELS,
}

#: What fields are called, in the order in which they are told.
LABELS: dict[str, LazyText] = COLUMN_LABELS | {
    "registration_opens_at": _("Ouverture des inscriptions"),
    "registration_closes_at": _("Fin des inscriptions"),
    "seat_categories": _("Prennent une place"),
    "party_categories": _("Catégories de personnes"),
    "held_back": _("Mise de côté"),
    "duration_minutes": _("Durée (minutes)"),
    "minutes": _("Durée (minutes)"),
    "languages": _("Langues"),
    "accessibility": _("Accessibilité"),
    "accessibility_note": _("Précisions d’accessibilité"),
    "school_levels": _("Niveaux scolaires"),
    "price_note_fr": _("Tarif"),
    "price_note_en": _("Tarif, en anglais"),
    "conditions_fr": _("Conditions"),
    "conditions_en": _("Conditions, en anglais"),
    "image_id": _("Image"),
    "image_alt_fr": _("Ce que montre l’image"),
    "image_alt_en": _("Ce que montre l’image, en anglais"),
    "image_credit": _("Crédit de l’image"),
    "label_state": _("Label"),
    "state": _("État"),
    "national_link": _("Page sur le site national"),
    "wishes": _("Souhaits"),
    "opening_hours": _("Horaires d’ouverture"),
    "school_hours": _("Horaires des écoles"),
    "directions": _("Comment s’y rendre"),
    "website": _("Site web"),
    "equipment": _("Équipement"),
    "sessions_at_once": _("Séances en même temps"),
    "contact_name": _("Personne à joindre"),
    "contact_email": _("Adresse de contact"),
    "contact_telephone": _("Téléphone de contact"),
    "telephone": _("Téléphone"),
    "note": _("Note"),
    "slug": _("Adresse de la page"),
    "starts_on": _("Premier jour"),
    "ends_on": _("Dernier jour"),
    "festival_id": _("Festival"),
    "edition_id": _("Édition"),
    "takes_proposals": _("Reçoit des projets"),
    "proposals_due_on": _("Projets attendus jusqu’au"),
    "label_due_on": _("Label à demander jusqu’au"),
    "publication_due_on": _("À compléter jusqu’au"),
    "requirements": _("Ce qui est demandé"),
    "lengths": _("Longueur des textes"),
    "reminder_days": _("Rappels (jours avant)"),
    "proposal": _("Pour proposer"),
    "label": _("Pour le label"),
    "publication": _("Pour être publié"),
    "travel_kmh": _("Vitesse de trajet (km/h)"),
    "travel_margin_minutes": _("Marge de trajet (minutes)"),
    "copies": _("Exemplaires"),
    "setup_minutes": _("Montage (minutes)"),
    "dismantling_minutes": _("Démontage (minutes)"),
    "transport_minutes": _("Transport (minutes)"),
    "insurance_value": _("Valeur d’assurance (€)"),
    "loan_conditions": _("Conditions de prêt"),
    "loan_agreement": _("Convention de prêt"),
    "loan_agreement_link": _("Lien vers la convention"),
    "home_commune_id": _("Commune d’attache"),
    "description": _("Description"),
    "resource_id": _("Exposition"),
    "tour_id": _("Itinérance"),
    "presenter_id": _("Intervenant·e"),
    "option_until": _("Option jusqu’au"),
    "place_agrees": _("Accord du lieu"),
    "arrives_at": _("Livraison"),
    "opens_at": _("Ouverture"),
    "closes_at": _("Fermeture"),
    "leaves_at": _("Départ"),
    "transporter": _("Transporteur"),
    "text_fr": _("Texte"),
    "text_en": _("Texte anglais"),
    "facts": _("Ce que disent les autres pages"),
    "roles": _("Rôles"),
    "organisation_ids": _("Structures"),
    "venue_ids": _("Lieux"),
    "sees_names": _("Voit les noms"),
}
