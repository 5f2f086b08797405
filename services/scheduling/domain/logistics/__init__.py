"""What hosts need to know of what was released: who comes, whom to call, what is brought.

`moves` has the rules of deliveries and pick-ups, `hosting` finds those of a venue, an organisation
or a presenter, `day` those of one day at a venue.
"""
