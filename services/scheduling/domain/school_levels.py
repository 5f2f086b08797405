"""The school levels that an activity suits, from the first cycle to higher education."""

#: *Maternelle*, *CP–CE2*, *CM1–6e*, *5e–3e* (Code de l'éducation, article D311-10), *lycée*,
#: *supérieur*.
SCHOOL_LEVELS: tuple[str, ...] = (
    "cycle1",
    "cycle2",
    "cycle3",
    "cycle4",
    "lycee",
    "superieur",
)
