"""The publics an activity is meant for, and the ages that they suit."""

#: The closed list of audience codes: *tout public*, *familles*, *adultes*, *scolaires*,
#: *adolescents*. A page shows their labels; the code is what is stored and asked for in an address.
EVERYONE = "everyone"
FAMILIES = "families"
ADULTS = "adults"
SCHOOLS = "schools"
TEENAGERS = "teenagers"

AUDIENCES: tuple[str, ...] = (EVERYONE, FAMILIES, ADULTS, SCHOOLS, TEENAGERS)

#: The oldest that a page asks for, in years.
OLDEST = 120

#: The ages in years, both included, of the people whom an audience names where no age is stated.
_AGES = {EVERYONE: (0, OLDEST), FAMILIES: (0, OLDEST), ADULTS: (18, OLDEST), TEENAGERS: (11, 17)}


def audiences_for(age: int) -> tuple[str, ...]:
    """Return the audiences that somebody of this age belongs to, for want of a stated age.

    Schools are none of them: a class comes, not a child.
    """
    return tuple(code for code, (least, most) in _AGES.items() if least <= age <= most)
