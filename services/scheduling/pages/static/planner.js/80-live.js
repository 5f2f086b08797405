// Two people at once: the board is asked for anew while the page is looked at, 304 when unchanged.

const EVERY = 1200; // milliseconds
const SLOWEST = 30_000;
let failures = 0;
let pollTimer = 0;
let loading = 0;

const windowOf = () => `day=${view.day}&days=${view.zoom === "week" && !narrow.matches ? 7 : 1}`;

/** Fetches what the view shows, and draws it. */
async function load({ first = false } = {}) {
  const number = ++loading;
  root.setAttribute("aria-busy", "true");
  drawControls();
  try {
    const [places, board] = await Promise.all([model.placesTag ? null : ask("places"), ask(`board?${windowOf()}`)]);
    if (number !== loading) return;
    if (board.status === 401 || board.status === 403) return tellStanding(words.signedOut);
    if (board.status !== 200) throw new Error(String(board.status));
    if (places) takePlaces(places.content);
    model.etag = board.etag;
    takeBoard(board.content);
    takeConflicts([]);
    news.clear();
    draw();
    settle(first);
    failures = 0;
    tellStanding("");
    refreshConflicts({ now: true });
  } catch {
    failures += 1;
    tellStanding(words.offline);
  } finally {
    if (number === loading) root.removeAttribute("aria-busy");
  }
}

/** Scrolls to where a day usually begins, or close by to its first session; and to the session that
    the address names. */
function settle(first) {
  if (view.session && model.sessions.has(view.session)) {
    focused = view.session;
    return first ? focusOn(view.session) : reveal(view.session);
  }
  if (!narrow.matches && view.zoom !== "week") grid.scrollLeft = xOf(view.zoom === "day" ? usualHours()[0] * 60 : firstStart());
}

/** Gives a moment before the first session begins: of the rows in sight, else of the day. */
function firstStart() {
  const startsOf = (rows) => rows.flatMap((row) => row.blocks)
    .filter(({ session }) => !isLong(session) && session.starts >= 0 && matches(session)).map((block) => block.starts);
  const seen = startsOf(layout.rows.filter((row) => isInSight(row)));
  const starts = seen.length ? seen : startsOf(layout.rows);
  return starts.length ? Math.max(0, Math.min(...starts) - 5) : usualHours()[0] * 60;
}

/** Tells whether a whole row is between the hours at the top of the grid and its lower edge. */
function isInSight(row) {
  const top = row.group.top + row.top;
  return top >= grid.scrollTop && top + row.height <= grid.scrollTop + grid.clientHeight - hours.offsetHeight;
}

function tellStanding(text) {
  const place = $("[data-standing]");
  place.textContent = text;
  place.hidden = !text;
}

function wait() {
  clearTimeout(pollTimer);
  if (document.hidden) return;
  pollTimer = setTimeout(poll, Math.min(EVERY * 2 ** failures, SLOWEST));
}

async function poll() {
  const number = loading;
  try {
    const board = await ask(`board?${windowOf()}`, { etag: model.etag });
    if (board.status === 401 || board.status === 403) return tellStanding(words.signedOut);
    if (board.status !== 200 && board.status !== 304) throw new Error(String(board.status));
    failures = 0;
    tellStanding("");
    // What is on its way to the server is newer than what it answered.
    if (board.status === 200 && number === loading && !saving) await takeNews(board);
  } catch {
    failures += 1;
    tellStanding(words.offline);
  }
  wait();
}

async function takeNews({ content, etag }) {
  model.etag = etag;
  const changed = takeBoard(content);
  if (content.places !== model.placesTag) takePlaces((await ask("places")).content);
  tellNews(changed);
  draw();
  if (changed.length) refreshConflicts();
}

/** Says what somebody else has done, and lets it be seen for a moment. */
function tellNews(changed) {
  for (const { id } of changed) {
    news.set(id, Date.now());
    setTimeout(() => news.delete(id) && $(`[data-id="${CSS.escape(id)}"]`)?.classList.remove("is-news"), 5000);
  }
  if (edited && changed.some(({ id }) => id === edited.id)) $("[data-meanwhile]", moveDialog).hidden = false;
  if (!changed.length) return;
  const [{ id, then, now, kind }] = changed;
  const session = now ?? then;
  const values = { who: session.by ?? words.somebody, title: activityOf(session).title, n: changed.length };
  const where = now && kind === "sessions" ? `${timeWords(now)}, ${placeWords(now)}` : words.inTray;
  const sentence = changed.length > 1 ? say(words.newsMany, values)
    : !now ? say(words.newsGone, values)
    : say(words.news, { ...values, where });
  const place = $("[data-news]");
  place.replaceChildren(sentence, " ");
  if (model.sessions.has(id) && changed.length === 1) {
    const link = el("a", { href: `?day=${view.day}&session=${id}`, "data-jump": id, "data-jump-day": view.day }, words.show);
    place.append(link);
  }
  announce(sentence);
}

let conflictTimer = 0;
let conflictCost = 300;
let conflictAsked = 0;

/** Asks for all conflicts of the days that are shown: not more often than is cheap. */
function refreshConflicts({ now = false } = {}) {
  clearTimeout(conflictTimer);
  conflictTimer = setTimeout(async () => {
    const number = ++conflictAsked;
    const began = performance.now();
    try {
      const { status, content } = await ask(`conflicts?${windowOf()}`);
      conflictCost = performance.now() - began;
      if (status !== 200 || number !== conflictAsked) return;
      takeConflicts(content.conflicts);
      draw();
      drawTally();
    } catch {
      // asked again after the next change
    }
  }, now ? 0 : Math.max(700, conflictCost * 4));
}

/** Says how many conflicts of each level there are in the days shown; each filters by them. */
function drawTally() {
  const open = model.conflicts.filter((conflict) => !conflict.accepted);
  const parts = LEVELS.map((level) => [level, open.filter((each) => each.level === level).length]).filter(([, count]) => count);
  $("[data-tally]").replaceChildren(...parts.map(([level, count]) => el("span", { className: `level level-${level}` },
    sign(level), `${say(count === 1 ? words.tallyOne[level] : words.tally[level], { n: count })}`)));
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(pollTimer);
  else poll();
});
