"""The pictures of a tour, drawn here: a timeline, and a map whose names hide nothing."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.pages.console.timelines import WIDTH, Bar, Lane, draw
from services.scheduling.pages.console.tour_map import HEIGHT, MARGIN, Place, draw_map
from services.scheduling.pages.console.tour_map import WIDTH as MAP_WIDTH

NOW = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)

GRENOBLE, VIF, LYON = (45.1885, 5.7245), (45.055, 5.671), (45.764, 4.8357)


def bar(start: int, end: int, kind: str = "open") -> Bar:
    return Bar(kind, NOW + timedelta(days=start), NOW + timedelta(days=end))


def test_nothing_is_drawn_of_nothing() -> None:
    assert draw([], NOW, "Europe/Paris") is None
    assert draw([Lane("Vide", [])], NOW, "Europe/Paris") is None
    assert draw_map([]) is None


def test_bars_stand_in_the_order_of_time_and_today_between_them() -> None:
    drawing = draw([Lane("Un", [bar(-20, -5)]), Lane("Deux", [bar(5, 20)])], NOW, "Europe/Paris")
    assert drawing is not None
    (past,), (coming,) = (lane.bars for lane in drawing.lanes)
    assert drawing.today is not None
    assert 0 < past.x < past.x + past.width < drawing.today < coming.x < WIDTH
    assert [lane.is_label_at_end for lane in drawing.lanes] == [False, True]


def test_a_moment_can_still_be_seen_beside_two_years() -> None:
    drawing = draw([Lane("Un", [bar(0, 700)]), Lane("Deux", [bar(3, 3)])], NOW, "Europe/Paris")
    assert drawing is not None
    assert drawing.lanes[1].bars[0].width == 3.0
    assert drawing.ticks[0].words != drawing.ticks[1].words


@given(st.integers(-400, 0), st.integers(1, 800))
def test_days_along_the_top_are_few_enough_to_be_read(start: int, length: int) -> None:
    drawing = draw([Lane("Un", [bar(start, start + length)])], NOW, "Europe/Paris")
    assert drawing is not None
    places = [tick.x for tick in drawing.ticks]
    assert places == sorted(set(places))
    assert len(places) <= 14
    assert all(0 <= place <= WIDTH for place in places)


def test_stops_at_one_place_share_their_mark_and_the_way_goes_through_all() -> None:
    places = [Place(1, "Vif", VIF), Place(2, "Lyon", LYON), Place(3, "Vif", VIF, is_open=True)]
    drawn = draw_map(places)
    assert drawn is not None
    assert [(mark.numbers, mark.name, mark.is_open) for mark in drawn.marks] == [
        ("1, 3", "Vif", False),
        ("2", "Lyon", False),
    ]
    (vif, lyon) = drawn.marks
    assert drawn.way == f"M{vif.x} {vif.y} L{lyon.x} {lyon.y} L{vif.x} {vif.y}"
    assert (lyon.x < vif.x, lyon.y < vif.y) == (True, True)  # to the west and to the north


@given(st.lists(st.tuples(st.floats(44.5, 46), st.floats(4.5, 6.5)), min_size=1, max_size=30))
def test_every_mark_is_inside_the_map(positions: list[tuple[float, float]]) -> None:
    drawn = draw_map([Place(number, "Ici", at) for number, at in enumerate(positions, 1)])
    assert drawn is not None
    for mark in drawn.marks:
        assert MARGIN - 0.1 <= mark.x <= MAP_WIDTH - MARGIN + 0.1
        assert MARGIN - 0.1 <= mark.y <= HEIGHT - MARGIN + 0.1


def test_names_of_neighbours_do_not_cover_one_another() -> None:
    near = [(45.05 + 0.002 * n, 5.67 + 0.05 * n) for n in range(4)]
    drawn = draw_map([Place(n, "Le Bourg-d'Oisans", at) for n, at in enumerate(near, 1)])
    assert drawn is not None
    boxes = []
    for mark in drawn.marks:
        width = 7.6 * len(mark.name)
        left = mark.label_x - {"start": 0, "middle": width / 2, "end": width}[mark.anchor]
        boxes.append((left, mark.label_y - 14, left + width, mark.label_y + 4))
    for one, other in combinations(boxes, 2):
        is_apart = (
            one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        )
        assert is_apart
