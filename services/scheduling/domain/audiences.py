"""The publics an activity is meant for."""

#: The closed list of audience codes: *tout public*, *familles*, *adultes*, *scolaires*,
#: *adolescents*. A page shows their labels; the code is what is stored and asked for in an address.
EVERYONE = "everyone"
FAMILIES = "families"
ADULTS = "adults"
SCHOOLS = "schools"
TEENAGERS = "teenagers"

AUDIENCES: tuple[str, ...] = (EVERYONE, FAMILIES, ADULTS, SCHOOLS, TEENAGERS)
