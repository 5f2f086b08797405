// The keyboard, the filters, and the beginning.

/** Leads from one session to another: along its row, or to the nearest one above or below. */
function neighbour(id, key) {
  const rows = layout.rows.filter((row) => !row.isSummary && row.blocks.some(({ session }) => matches(session)));
  const shown = (row) => row.blocks.map(({ session }) => session).filter(matches);
  const at = rows.findIndex((row) => row.blocks.some(({ session }) => session.id === id));
  if (at < 0) return shown(rows[0] ?? { blocks: [] })[0];
  const own = shown(rows[at]);
  const place = own.findIndex((session) => session.id === id);
  if (key === "ArrowRight") return own[place + 1] ?? shown(rows[at + 1] ?? rows[at])[0];
  if (key === "ArrowLeft") return own[place - 1] ?? shown(rows[at - 1] ?? rows[at]).at(-1);
  if (key === "Home") return own[0];
  if (key === "End") return own.at(-1);
  const others = shown(rows[at + (key === "ArrowDown" ? 1 : -1)] ?? { blocks: [] });
  const { starts } = model.sessions.get(id);
  return others.reduce((best, session) => (best && Math.abs(best.starts - starts) <= Math.abs(session.starts - starts) ? best : session), null);
}

grid.addEventListener("keydown", (event) => {
  const id = event.target.dataset?.id;
  if (!/^(Arrow|Home$|End$)/.test(event.key) || event.altKey || event.metaKey) return;
  const key = event.target.dataset?.key;
  if (!key) return;
  event.preventDefault();
  if (!id && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
    if ((event.target.getAttribute("aria-expanded") === "true") === (event.key === "ArrowLeft")) return event.target.click();
  }
  const next = id ? neighbour(id, event.key) : neighbour(firstBelow(event.target), "Home");
  if (next) focusOn(next.id);
});

/** Gives the first session in the rows under a heading. */
function firstBelow(heading) {
  const rows = layout.rows.filter((row) => row.venue.id === heading.dataset.toggle || row.group.key === heading.dataset.toggle);
  return rows.flatMap((row) => row.blocks)[0]?.session.id ?? "";
}

root.addEventListener("click", (event) => {
  const block = event.target.closest("[data-id]");
  if (block && !event.target.closest("dialog, a")) openSession(block.dataset.id);
});

document.addEventListener("keydown", (event) => {
  if (!canEdit || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || $("dialog[open]")) return;
  if (event.target.matches?.("input, textarea, select")) return;
  event.preventDefault();
  if (event.shiftKey) redo();
  else undo();
});
document.addEventListener("keydown", (event) => {
  if (!canEdit || !event.ctrlKey || event.key.toLowerCase() !== "y" || event.target.matches?.("input, textarea, select")) return;
  event.preventDefault();
  redo();
});

/** Shows in the controls what the view is. */
function drawControls() {
  const form = $("[data-filters]");
  for (const name of FILTERS) {
    const field = form.elements[name];
    if (!field) continue;
    if (field.type === "checkbox") field.checked = Boolean(view.filters[name]);
    else if (field.value !== view.filters[name]) field.value = view.filters[name];
  }
  for (const button of $$("[data-zoom-to]")) button.setAttribute("aria-pressed", String(button.dataset.zoomTo === view.zoom));
  const used = FILTERS.filter((name) => view.filters[name]).length;
  $("[data-used]").textContent = used || "";
  $("[data-clear]").hidden = !used;
}

function filterBy({ push }) {
  const form = $("[data-filters]");
  for (const name of FILTERS) {
    const field = form.elements[name];
    view.filters[name] = field.type === "checkbox" ? (field.checked ? "1" : "") : field.value;
  }
  writeView({ push });
  drawControls();
  draw();
}

function begin() {
  readView();
  const form = $("[data-filters]");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.elements.q.addEventListener("input", () => filterBy({ push: false }));
  form.addEventListener("change", (event) => event.target.name !== "q" && filterBy({ push: true }));
  $("[data-clear]").addEventListener("click", () => {
    for (const name of FILTERS) view.filters[name] = "";
    drawControls();
    filterBy({ push: true });
  });
  for (const button of $$("[data-zoom-to]")) button.addEventListener("click", () => show({ zoom: button.dataset.zoomTo }));
  if (canEdit) {
    $("[data-undo]").addEventListener("click", undo);
    $("[data-redo]").addEventListener("click", redo);
    drawHistory();
  }
  window.addEventListener("popstate", () => {
    const before = windowOf() + view.zoom;
    readView();
    drawControls();
    if (moveDialog.open) moveDialog.close();
    if (windowOf() + view.zoom === before) draw();
    else load();
  });
  let resized = 0;
  new ResizeObserver(() => {
    cancelAnimationFrame(resized);
    resized = requestAnimationFrame(() => model.first && !drag && draw());
  }).observe(root);
  narrow.addEventListener("change", () => load());
  load({ first: true }).then(() => {
    writeView();
    wait();
    root.dataset.ready = "yes";
  });
}

begin();
