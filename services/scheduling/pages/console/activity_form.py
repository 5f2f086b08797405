"""The form of an activity: all that is said of it, to the public and to the team."""

from services.scheduling.pages.code_words import ACCESSIBILITY_LABELS, LEVEL_LABELS, language_name
from services.scheduling.pages.console.forms import Form, Part, Shown
from services.scheduling.pages.console.inputs import (
    Input,
    boxes,
    read_identifier,
    read_lines,
    read_web_address,
    read_whole,
    show_lines,
)
from shared.i18n import lazy_gettext as _


class ActivityForm(Form):
    """Fields that are columns; a picture and what is said of it are one thing."""

    def __init__(self, *more: Input) -> None:
        super().__init__(
            Input("title_fr", _("Titre")),
            Input("title_en", _("Titre en anglais")),
            Input("description_fr", _("Description")),
            Input("description_en", _("Description en anglais")),
            Input("organisation_id", _("Structure"), read_identifier),
            Input("audience", _("Public")),
            Input("age_min", _("Âge minimum"), read_whole),
            Input("age_max", _("Âge maximum"), read_whole),
            boxes("school_levels", _("Niveaux scolaires"), LEVEL_LABELS),
            Input("theme", _("Thématique")),
            Input("format", _("Type d’animation")),
            Input("duration_minutes", _("Durée"), read_whole),
            boxes("languages", _("Langues"), {}),
            Input("presenters", _("Intervenants"), read_lines, show_lines),
            Input("link", _("Page web"), read_web_address),
            boxes("accessibility", _("Accessibilité"), ACCESSIBILITY_LABELS),
            Input("price_note_fr", _("Prix")),
            Input("price_note_en", _("Prix en anglais")),
            Input("conditions_fr", _("Conditions")),
            Input("conditions_en", _("Conditions en anglais")),
            Input("image_id", _("Image"), read_identifier),
            Input("image_alt_fr", _("Ce que montre l’image")),
            Input("image_alt_en", _("Ce que montre l’image, en anglais")),
            Input("image_credit", _("Crédit de l’image")),
            Input("contact_name", _("Personne à joindre")),
            Input("contact_email", _("Son adresse électronique")),
            Input("contact_telephone", _("Son téléphone")),
            *more,
        )
        alone = tuple(part for part in self.parts if not part.name.startswith("image_"))
        picture = ("image_id", "image_alt_fr", "image_alt_en", "image_credit")
        self.parts = (*alone, Part("picture", _("Image"), picture))

    def words(self, part: Part, shown: Shown) -> str:
        """Return what a part says, for choosing between two versions."""
        if part.name == "languages":
            return ", ".join(language_name(code) for code in shown["languages"])
        if part.name == "picture":
            told = [shown[name] for name in part.fields[1:] if shown[name]]
            return "\n".join([str(_("une image")) if shown["image_id"] else "", *told]).strip()
        return super().words(part, shown)


FORM = ActivityForm()
