"""To whom a place or an activity is accessible: five codes, those of the public agendas."""

#: Hearing, visual, psychic, motor and intellectual impairment, in the order of OpenAgenda's
#: documentation (https://developers.openagenda.com, "accessibility").
HEARING = "hi"
VISUAL = "vi"
PSYCHIC = "pi"
MOTOR = "mi"
INTELLECTUAL = "ii"

ACCESSIBILITY: tuple[str, ...] = (HEARING, VISUAL, PSYCHIC, MOTOR, INTELLECTUAL)
