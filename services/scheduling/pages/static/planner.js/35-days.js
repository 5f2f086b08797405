// The days to choose from, and on a phone the list of one day.

const daysPlace = $("[data-days]");

function drawDays() {
  const shown = model.counts.filter(([day, count]) => count || (day >= root.dataset.from && day <= root.dataset.to) || day === view.day);
  const last = addDays(view.day, model.days - 1);
  daysPlace.replaceChildren(...shown.map(([day, count]) => {
    const isShown = day >= view.day && day <= last;
    const link = el("a", { href: `?day=${day}`, "data-day": day, "aria-current": isShown ? "date" : null },
      el("span", {}, dayShort(day)), el("small", {}, say(isOne(count) ? words.oneSession : words.sessions, { n: count })));
    return el("li", {}, link);
  }));
  const current = $("[aria-current]", daysPlace);
  if (current) daysPlace.scrollLeft = current.parentElement.offsetLeft - daysPlace.offsetLeft - 60;
  $("[data-date]").value = view.day;
  const week = say(words.period, { from: dayShort(view.day), to: dayShort(last) });
  $("[data-shown-day]").textContent = model.days > 1 ? week : dayWords(view.day);
}

/** Draws a day as a list of places, each with its sessions in order: what fits a phone. */
function drawList() {
  const had = document.activeElement?.dataset?.id;
  const sections = [];
  layOut(800);
  for (const group of layout.groups) {
    for (const row of group.rows) {
      const blocks = row.blocks.filter(({ session }) => matches(session));
      if (!blocks.length || row.isSummary) continue;
      const name = [row.space?.name, row.venue.name].filter(Boolean).join(", ");
      sections.push(el("section", { className: "list-place" },
        el("h2", {}, name, " ", el("small", {}, group.commune.name)),
        el("ul", { className: "list-sessions" }, ...blocks.map(({ session }) => el("li", {}, listItem(session))))));
    }
  }
  list.replaceChildren(...(sections.length ? sections : [el("p", { className: "empty" }, isFiltered() ? words.nothingFound : words.emptyDay)]));
  $("[data-empty]").hidden = true;
  if (had) $(`[data-id="${CSS.escape(had)}"]`, list)?.focus({ preventScroll: true });
}

function listItem(session) {
  const activity = activityOf(session);
  const level = levelOf(session.id);
  const state = session.cancelled ? "cancelled" : session.state;
  return el("button", { type: "button", className: classesOf(session).replace("block", "card-block"), "data-id": session.id, "aria-haspopup": "dialog" },
    el("span", { className: "list-time" }, isLong(session) ? words.exhibition : period(session.starts, session.ends)),
    el("b", {}, activity.title),
    el("span", { className: "quiet" }, [activity.by, words.states[state]].filter(Boolean).join(" · ")),
    level ? levelBadge(level) : null);
}

async function show(changes, { push = true } = {}) {
  Object.assign(view, changes);
  writeView({ push });
  await load();
}

daysPlace.addEventListener("click", (event) => {
  const link = event.target.closest("[data-day]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show({ day: link.dataset.day, session: "" }).then(() => $(`[data-day="${link.dataset.day}"]`)?.focus());
});
$("[data-date]").addEventListener("change", (event) => event.target.value && show({ day: event.target.value, session: "" }));
for (const button of $$("[data-step]")) {
  button.addEventListener("click", () => show({ day: addDays(view.day, Number(button.dataset.step) * (view.zoom === "week" ? 7 : 1)), session: "" }));
}
