"""The categories of people that a session may count seats for."""

#: Registration counts a party by them: *adultes*, *enfants*, *élèves*, *accompagnants*.
SEAT_CATEGORIES: tuple[str, ...] = ("adults", "children", "pupils", "accompanying")

#: Who takes a seat unless the session says otherwise.
USUAL_CATEGORIES: tuple[str, ...] = ("adults", "children")
