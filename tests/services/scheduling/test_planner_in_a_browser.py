"""The planner in a real browser: by mouse, by touch, by keyboard, and with two people at once."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from services.scheduling.domain.editing.spaces import create_space
from services.scheduling.domain.planning.unplaced import create_unplaced
from services.scheduling.models import Session, UnplacedSession
from services.scheduling.web import create_app
from shared.context import ServiceContext
from shared.testing.accessibility import faults_of
from shared.testing.contexts import make_context
from shared.testing.looks import DARK_DESK, DESK, PHONE, name_of
from shared.testing.serving import served
from tests.services.scheduling.console_programme import programme_on
from tests.services.scheduling.drafted_programme import OPENING, DraftedProgramme
from tests.services.scheduling.windows import windows_at

PLANNER = "/console/editions/fete-de-la-science-2026/planner"
HOUR = timedelta(hours=1)
ZOOMS = {"Semaine": "week", "Jour": "day", "Demi-journée": "half", "Heure": "hour"}
SignIn = Callable[..., Page]

#: Keeps what a page would do later until it is told that time has passed.
NO_TIME_PASSES = """() => {
  const waiting = new Map();
  const forget = window.clearTimeout;
  let made = 0;
  window.setTimeout = act => {
    waiting.set(`waiting ${++made}`, act);
    return `waiting ${made}`;
  };
  window.clearTimeout = id => waiting.delete(id) || forget.call(window, id);
  window.timePasses = () => {
    const all = [...waiting.values()];
    waiting.clear();
    for (const act of all) act();
  };
}"""


@pytest.fixture
def context(tmp_path: Path) -> Iterator[ServiceContext]:
    made = make_context("scheduling", f"sqlite:///{tmp_path / 'scheduling.sqlite'}", data=tmp_path)
    yield made
    made.database.dispose()


@pytest.fixture
def programme(context: ServiceContext) -> DraftedProgramme:
    """Return a programme: a muon at ten and stars at two in the auditorium, tides in the tray."""
    with context.database.write() as db:
        programme = DraftedProgramme(db)
        programme.session = programme.add_session()
        programme.add_session(programme.add_activity("Étoiles"), starts_at=OPENING + 4 * HOUR)
        library = programme.add_venue("Bibliothèque")
        blue = create_space(db, {"venue_id": library.id, "name": "Salle bleue"}, **programme.by)
        programme.add_session(
            programme.add_activity("Sable"),
            venue_id=library.id,
            space_id=blue.id,
            starts_at=OPENING + HOUR,
        )
        create_unplaced(db, {"activity_id": programme.add_activity("Marées").id}, **programme.by)
        return programme


@pytest.fixture
def base(context: ServiceContext) -> Iterator[str]:
    """Serve scheduling's pages, and return their address."""
    with served(create_app(context)) as address:
        yield address


@pytest.fixture
def sign_in(context: ServiceContext, base: str, browser: Browser) -> Iterator[SignIn]:
    """Return what gives somebody a browser of their own, with the planner open."""
    with windows_at(browser, context, base) as windows:

        def enter(name: str = "Ada Martin", query: str = "day=2026-10-02", **options: Any) -> Page:
            page = windows.open(name, "coordinator", **{**DESK, **options})
            page.goto(f"{PLANNER}?{query}")
            return page

        yield enter


def block(page: Page, title: str) -> Locator:
    return page.get_by_role("gridcell").get_by_role("button", name=title)


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("complementary").get_by_role("button", name=title)


def box(found: Locator) -> dict[str, float]:
    """Return where something is; what is drawn anew at that moment is asked again."""
    bounds = None
    while bounds is None:
        expect(found).to_be_visible()
        bounds = found.bounding_box()
    return {name: bounds[name] for name in ("x", "y", "width", "height")}


def hour(page: Page) -> float:
    """Return how many pixels an hour is wide, once there is something to measure."""
    expect(block(page, "Étoiles")).to_be_visible()
    style = "grid => parseFloat(getComputedStyle(grid).getPropertyValue('--hour'))"
    return float(page.get_by_role("grid").evaluate(style))


def hold(page: Page, found: Locator, dx: float, dy: float, *, from_x: float = 20) -> None:
    """Take something with the mouse and hold it somewhere else."""
    at = box(found)
    x, y = at["x"] + from_x, at["y"] + 12
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2, steps=3)
    page.mouse.move(x + dx, y + dy, steps=3)


def stored(context: ServiceContext, session_id: UUID) -> Session:
    with context.database.read() as db:
        return db.get_one(Session, session_id)


def times(context: ServiceContext, programme: DraftedProgramme) -> tuple[float, float]:
    """Return when the muon begins and how long it takes, in hours since ten."""
    now = stored(context, programme.session.id)
    return (now.starts_at - OPENING) / HOUR, (now.ends_at - now.starts_at) / HOUR


def test_a_session_is_dragged_judged_while_it_is_held_stretched_undone_and_redone(
    context: ServiceContext, programme: DraftedProgramme, sign_in: SignIn
) -> None:
    page = sign_in()
    muon, toast = block(page, "Voir un muon"), page.locator("[data-toast]")
    width = hour(page)

    hold(page, muon, 4.25 * width, 0)
    held = page.locator("[data-verdict]")
    expect(held).to_contain_text("14 h 15 – 15 h 15")
    expect(held).to_contain_text("Bloquant")
    expect(held).to_contain_text("Étoiles")
    assert times(context, programme) == (0, 1)
    page.mouse.up()
    expect(toast).to_contain_text("Bloquant")
    expect(toast.get_by_role("link", name="Étoiles")).to_be_visible()
    assert times(context, programme) == (4.25, 1)

    page.get_by_role("button", name="Défaire").first.click()
    expect(toast).to_contain_text("C’est défait")
    assert times(context, programme) == (0, 1)
    page.keyboard.press("Control+Shift+Z")
    expect(toast).to_contain_text("C’est refait")
    assert times(context, programme) == (4.25, 1)
    page.keyboard.press("Control+Z")
    expect(toast).to_contain_text("C’est défait")
    expect(muon).to_contain_text("10 h 00")

    at = box(muon)
    hold(page, muon, width / 2, 0, from_x=at["width"] - 3)
    expect(held).to_contain_text("10 h 00 – 11 h 30")
    page.mouse.up()
    expect(toast).to_contain_text("10 h 00 – 11 h 30")
    assert times(context, programme) == (0, 1.5)
    assert stored(context, programme.session.id).revision == 6

    hold(page, muon, width, 0)
    expect(held).to_contain_text("11 h 00")
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(held).to_be_empty()
    assert stored(context, programme.session.id).revision == 6


def test_a_session_is_dragged_from_the_tray_onto_the_grid_and_back(
    context: ServiceContext, programme: DraftedProgramme, sign_in: SignIn
) -> None:
    page = sign_in()
    at, tides = box(block(page, "Voir un muon")), box(card(page, "Marées"))
    aim = at["x"] + 2.5 * hour(page) - tides["x"], at["y"] - tides["y"]
    hold(page, card(page, "Marées"), *aim)
    expect(page.locator("[data-verdict]")).to_contain_text("Auditorium")
    page.mouse.up()
    placed = block(page, "Marées")
    expect(placed).to_be_visible()
    expect(page.get_by_role("heading", name="À placer")).to_contain_text("0")
    expect(page.locator("[data-toast]")).to_contain_text("Marées")
    with context.database.read() as db:
        assert db.query(UnplacedSession).count() == 0
        assert db.query(Session).count() == 4

    # It closes by itself after a while, which may be over.
    toast = page.locator("[data-toast]")
    close = toast.get_by_role("button", name="Fermer", include_hidden=True)
    close.dispatch_event("click")
    expect(toast).to_be_hidden()
    tray = box(page.get_by_role("complementary"))
    now = box(placed)
    hold(page, placed, tray["x"] - now["x"] + 40, tray["y"] - now["y"] + 120)
    expect(page.locator("[data-verdict]")).to_contain_text("remettre à placer")
    page.mouse.up()
    expect(card(page, "Marées")).to_be_visible()
    expect(placed).to_have_count(0)
    page.keyboard.press("Control+Z")
    expect(placed).to_be_visible()


def test_a_session_held_over_another_day_and_a_folded_commune_goes_there(
    context: ServiceContext, programme: DraftedProgramme, sign_in: SignIn
) -> None:
    page = sign_in()
    at = box(block(page, "Voir un muon"))
    day = box(page.get_by_role("link", name=re.compile("5 oct")))
    hold(page, block(page, "Voir un muon"), day["x"] + 5 - at["x"], day["y"] - at["y"])
    expect(page).to_have_url(re.compile("day=2026-10-05"))
    expect(block(page, "Étoiles")).to_have_count(0)
    commune = box(
        page.get_by_role("button", name="Grenoble 0 séance")
    )  # folded: nothing is there yet
    page.mouse.move(commune["x"] + 30, commune["y"] + 10)
    page.mouse.move(commune["x"] + 31, commune["y"] + 10)
    museum = box(page.get_by_role("rowheader", name="Auditorium"))
    page.mouse.move(at["x"] + 21, museum["y"] + 20)
    page.mouse.move(at["x"] + 20, museum["y"] + 20)
    expect(page.locator("[data-verdict]")).to_contain_text("Auditorium")
    page.mouse.up()
    expect(page.locator("[data-toast]")).to_contain_text("lun. 5 oct.")
    now = stored(context, programme.session.id)
    local = now.starts_at.astimezone(ZoneInfo("Europe/Paris"))
    assert (local.date().isoformat(), now.space_id) == ("2026-10-05", programme.space.id)
    page.keyboard.press("Control+Z")
    expect(page.locator("[data-toast]")).to_contain_text("C’est défait")
    assert times(context, programme) == (0, 1)


def test_a_finger_that_holds_drags_and_one_that_moves_at_once_scrolls(
    context: ServiceContext, programme: DraftedProgramme, sign_in: SignIn
) -> None:
    page = sign_in(has_touch=True, viewport={"width": 1024, "height": 900})
    width, at = hour(page), box(block(page, "Voir un muon"))
    x, y = at["x"] + 20, at["y"] + 12
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        touched = [{"x": px, "y": py} for px, py in points]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})

    touch("touchStart", (x, y))
    expect(page.locator(".planner.is-dragging")).to_be_visible()
    for step in (0.25, 0.5, 1):
        touch("touchMove", (x + step * width, y))
    expect(page.locator("[data-verdict]")).to_contain_text("11 h 00 – 12 h 00")
    touch("touchEnd")
    expect(page.locator("[data-toast]")).to_contain_text("11 h 00")
    assert times(context, programme) == (1, 1)

    grid = page.get_by_role("grid")
    before = grid.evaluate("grid => grid.scrollLeft")
    x = box(block(page, "Étoiles"))["x"] + 20
    page.evaluate(NO_TIME_PASSES)  # or a slow machine's finger would have been held
    touch("touchStart", (x, y))
    for step in (10, 40, 80):
        touch("touchMove", (x - step, y))
    touch("touchEnd")
    page.wait_for_function(
        "before => document.querySelector('[data-grid]').scrollLeft > before + 20", arg=before
    )
    page.evaluate("timePasses()")
    expect(page.locator(".is-dragging")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert times(context, programme) == (1, 1)


def test_short_sessions_that_follow_one_another_share_a_lane_at_every_zoom(
    context: ServiceContext, programme: DraftedProgramme, sign_in: SignIn
) -> None:
    titles = [f"Éclair {number}" for number in range(3)]
    with context.database.write() as db:
        made = programme_on(programme, db)
        for title, minutes in zip(titles, (0, 15, 10), strict=True):
            begins = OPENING + 6 * HOUR + timedelta(minutes=minutes)
            ends = begins + timedelta(minutes=15)
            made.add_session(made.add_activity(title), starts_at=begins, ends_at=ends)
    page = sign_in()
    for zoom in ("Semaine", "Jour", "Demi-journée", "Heure"):
        page.get_by_role("button", name=zoom, exact=True).click()
        # While it loads, what is drawn has the new zoom already and is not scrolled yet.
        expect(page.locator("[data-planner]")).not_to_have_attribute("aria-busy", "true")
        expect(page.get_by_role("grid")).to_have_attribute("data-zoom", ZOOMS[zoom])
        first, second, between = (box(block(page, title)) for title in titles)
        assert first["y"] == second["y"] < between["y"]
        assert first["x"] + first["width"] <= second["x"] + 1
        expect(block(page, titles[0])).to_have_attribute("title", re.compile(titles[0]))


def test_the_finest_zoom_opens_where_the_first_session_begins(
    context: ServiceContext, programme: DraftedProgramme, sign_in: SignIn
) -> None:
    with context.database.write() as db:
        made = programme_on(programme, db)
        late = OPENING + timedelta(days=1, hours=6)
        made.add_session(made.add_activity("Veillée"), starts_at=late)
    page = sign_in(query="day=2026-10-03&zoom=hour")
    expect(block(page, "Veillée")).to_be_in_viewport(ratio=1)
    grid, evening = box(page.get_by_role("grid")), box(block(page, "Veillée"))
    assert evening["x"] - grid["x"] < grid["width"] / 2


def test_everything_is_reached_and_moved_by_keyboard(
    context: ServiceContext, programme: DraftedProgramme, sign_in: SignIn
) -> None:
    page = sign_in()
    expect(block(page, "Voir un muon")).to_be_visible()
    page.get_by_role("checkbox", name="Avec conflits").focus()
    page.keyboard.press("Tab")
    expect(block(page, "Sable")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(block(page, "Voir un muon")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(block(page, "Étoiles")).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Voir un muon")
    expect(dialog.get_by_label("Début", exact=True)).to_be_focused()
    expect(dialog.get_by_label("Début", exact=True)).to_have_value("10:00")

    fine = dialog.get_by_text("Rien ne s’y oppose.")
    expect(fine).to_be_visible()
    dialog.get_by_label("Jour", exact=True).fill("2028-03-01")
    expect(dialog.get_by_text("c’est trop loin")).to_be_visible()
    expect(fine).to_be_hidden()
    dialog.get_by_label("Jour", exact=True).fill("2026-10-02")
    expect(fine).to_be_visible()
    dialog.get_by_label("Début", exact=True).fill("14:30")
    dialog.get_by_label("Fin", exact=True).fill("13:00")
    expect(dialog.get_by_text("La fin doit venir après le début.")).to_be_visible()
    expect(fine).to_be_hidden()
    expect(dialog.get_by_label("Fin", exact=True)).to_be_focused()
    dialog.get_by_label("Fin", exact=True).press("Enter")
    expect(dialog.get_by_text("La fin doit venir après le début.")).to_be_visible()
    expect(fine).to_be_hidden()
    dialog.get_by_label("Fin", exact=True).fill("15:30")
    expect(dialog.get_by_text("Bloquant")).to_be_visible()
    venue = dialog.get_by_role("combobox", name="Lieu")
    venue.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("biblio")
    page.keyboard.press("Enter")
    dialog.get_by_label("Salle ou espace").select_option(label="Salle bleue")
    expect(dialog.get_by_text("Bloquant")).to_have_count(0)
    dialog.get_by_role("button", name="Enregistrer").press("Enter")
    expect(dialog).to_be_hidden()
    expect(block(page, "Voir un muon")).to_be_focused()
    expect(page.locator("[data-toast]")).to_contain_text("Salle bleue")
    assert stored(context, programme.session.id).space_id != programme.space.id
    assert times(context, programme) == (4.5, 1)

    card(page, "Marées").press("Enter")
    tides = page.get_by_role("dialog", name="Marées")
    tides.get_by_label("Début", exact=True).fill("18:00")
    tides.get_by_label("Début", exact=True).press("Tab")
    venue = tides.get_by_role("combobox", name="Lieu")
    venue.focus()
    page.keyboard.type("musé")
    page.keyboard.press("Enter")
    tides.get_by_role("button", name="Placer").press("Enter")
    expect(block(page, "Marées")).to_be_focused()
    expect(block(page, "Marées")).to_contain_text("18 h 00 – 19 h 00")


def test_a_change_that_is_still_on_its_way_is_the_one_that_is_undone(
    context: ServiceContext, programme: DraftedProgramme, sign_in: SignIn
) -> None:
    page = sign_in()
    on_its_way: list[Route] = []
    page.route(
        "**/planner/move*",
        lambda route: route.continue_() if on_its_way else on_its_way.append(route),
    )
    block(page, "Voir un muon").press("Enter")
    dialog = page.get_by_role("dialog", name="Voir un muon")
    dialog.get_by_label("Début", exact=True).fill("16:00")
    dialog.get_by_label("Fin", exact=True).fill("17:00")
    dialog.get_by_role("button", name="Enregistrer").press("Enter")
    expect(page.locator("[data-saving]")).not_to_be_empty()
    expect(block(page, "Voir un muon")).to_contain_text("16 h 00")
    page.keyboard.press("Control+Z")
    page.keyboard.press("Control+Shift+Z")
    assert times(context, programme) == (0, 1)
    on_its_way[0].continue_()
    expect(page.locator("[data-toast]")).to_contain_text("C’est refait")
    assert times(context, programme) == (6, 1)
    page.keyboard.press("Control+Z")
    expect(page.locator("[data-toast]")).to_contain_text("C’est défait")
    assert times(context, programme) == (0, 1)


def test_a_session_to_be_placed_is_added(sign_in: SignIn, programme: DraftedProgramme) -> None:
    page = sign_in()
    page.get_by_role("button", name="Nouvelle séance à placer").click()
    dialog = page.get_by_role("dialog", name="Nouvelle séance à placer")
    dialog.get_by_role("button", name="Ajouter").click()
    expect(dialog.get_by_text("Choisissez l’animation.")).to_be_visible()
    dialog.get_by_role("combobox", name="Animation").fill("étoi")
    page.keyboard.press("Enter")
    dialog.get_by_label("Durée").fill("90")
    dialog.get_by_label("Note pour l’équipe").fill("Avec la coupole")
    dialog.get_by_role("button", name="Ajouter").click()
    expect(card(page, "Étoiles")).to_contain_text("1 h 30")
    expect(card(page, "Étoiles")).to_contain_text("Avec la coupole")
    page.get_by_role("button", name="Défaire").first.click()
    expect(card(page, "Étoiles")).to_have_count(0)


def test_two_people_see_each_other_and_nothing_is_overwritten(
    context: ServiceContext, programme: DraftedProgramme, sign_in: SignIn
) -> None:
    ada, emmy = sign_in("Ada Martin"), sign_in("Emmy Noether")
    block(ada, "Voir un muon").press("Enter")
    dialog = ada.get_by_role("dialog", name="Voir un muon")
    dialog.get_by_label("Début", exact=True).fill("16:00")
    dialog.get_by_label("Fin", exact=True).fill("17:00")

    hold(emmy, block(emmy, "Voir un muon"), 2 * hour(emmy), 0)
    expect(emmy.locator("[data-verdict]")).to_contain_text("12 h 00 – 13 h 00")
    emmy.mouse.up()
    expect(ada.locator("[data-news]")).to_contain_text("Emmy Noether")
    expect(dialog.get_by_text("Quelqu’un vient de changer cette séance")).to_be_visible()

    dialog.get_by_role("button", name="Enregistrer").click()
    whose = ada.get_by_role("dialog", name="Emmy Noether a changé cette séance entre-temps")
    expect(whose).to_contain_text("12 h 00 – 13 h 00")
    expect(whose).to_contain_text("16:00 – 17:00")
    assert times(context, programme) == (2, 1)
    whose.get_by_role("button", name="Garder le sien").click()
    expect(block(ada, "Voir un muon")).to_contain_text("12 h 00")
    assert times(context, programme) == (2, 1)

    block(ada, "Voir un muon").press("Enter")
    dialog.get_by_label("Début", exact=True).fill("16:00")
    dialog.get_by_label("Fin", exact=True).fill("17:00")
    hold(emmy, block(emmy, "Voir un muon"), hour(emmy), 0)
    expect(emmy.locator("[data-verdict]")).to_contain_text("13 h 00 – 14 h 00")
    emmy.mouse.up()
    expect(dialog.get_by_text("Quelqu’un vient de changer cette séance")).to_be_visible()
    dialog.get_by_role("button", name="Enregistrer").click()
    whose.get_by_role("button", name="Prendre le mien").click()
    expect(block(emmy, "Voir un muon")).to_contain_text("16 h 00")
    assert times(context, programme) == (6, 1)

    hold(emmy, block(emmy, "Voir un muon"), hour(emmy), 0)
    expect(emmy.locator("[data-verdict]")).to_contain_text("17 h 00 – 18 h 00")
    emmy.mouse.up()
    expect(block(ada, "Voir un muon")).to_contain_text("17 h 00")
    ada.get_by_role("button", name="Défaire").first.click()
    expect(whose).to_be_visible()
    assert times(context, programme) == (7, 1)


def test_the_address_keeps_the_view_and_back_returns_to_it(
    programme: DraftedProgramme, sign_in: SignIn
) -> None:
    page = sign_in(query=f"day=2026-10-02&zoom=week&session={programme.session.id}")
    expect(page.get_by_role("button", name="Semaine")).to_have_attribute("aria-pressed", "true")
    expect(block(page, "Voir un muon")).to_be_focused()
    page.get_by_role("button", name="Jour", exact=True).click()
    expect(page).to_have_url(re.compile("day=2026-10-02(?!.*zoom)"))
    page.get_by_label("Lieu", exact=True).first.select_option(label="Bibliothèque")
    expect(block(page, "Sable")).to_be_visible()
    expect(block(page, "Voir un muon")).to_have_count(0)
    page.get_by_role("link", name=re.compile("3 oct")).click()
    expect(page).to_have_url(re.compile(r"day=2026-10-03.*venue="))
    page.go_back()
    expect(block(page, "Sable")).to_be_visible()
    page.go_back()
    expect(block(page, "Voir un muon")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Semaine")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Chercher", exact=True).fill("sable")
    expect(block(page, "Voir un muon")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("Chercher", exact=True)).to_have_value("sable")
    expect(block(page, "Voir un muon")).to_have_count(0)


def test_without_javascript_the_day_is_a_table(
    programme: DraftedProgramme, sign_in: SignIn
) -> None:
    page = sign_in(java_script_enabled=False)
    page.wait_for_url("**/planner/table?day=2026-10-02")
    page.get_by_role("link", name="Voir un muon").click()
    page.wait_for_url(f"**/sessions/{programme.session.id}")


@pytest.mark.parametrize("look", [PHONE, DARK_DESK], ids=name_of)
def test_no_state_has_a_fault_that_axe_finds_and_none_scrolls_sideways(
    programme: DraftedProgramme, sign_in: SignIn, look: dict[str, Any]
) -> None:
    page = sign_in(**look)
    muon = page.locator(f'[data-id="{programme.session.id}"]')

    expect(muon).to_be_visible()
    assert faults_of(page) == []
    muon.click()
    dialog = page.get_by_role("dialog", name="Voir un muon")
    dialog.get_by_label(re.compile("^(Début|Start)$")).fill("14:15")
    dialog.get_by_label(re.compile("^(Fin|End)$")).fill("15:15")
    expect(dialog.locator("[data-checked]")).to_contain_text(re.compile("Bloquant|Blocks"))
    assert faults_of(page) == []
    dialog.locator("[data-save]").click()
    expect(page.locator("[data-toast]")).to_contain_text(re.compile("Bloquant|Blocks"))
    expect(page.locator("[data-tally]")).to_contain_text(re.compile("bloquant|blocking"))
    assert faults_of(page) == []
    page.goto(f"{PLANNER}/table?day=2026-10-02")
    assert faults_of(page) == []
