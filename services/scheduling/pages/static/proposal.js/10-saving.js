// A proposal is saved as it is typed: each field for itself, a moment after the last letter. What
// could not be sent is kept in this browser and sent later. Without this the form is sent whole.

const PAUSE = 800; // milliseconds without typing before a field is sent
const AGAIN = 5000; // milliseconds before what failed is tried again
const LOOK = 6000; // milliseconds between two looks at what others changed

function autosave(form) {
  const words = form.dataset;
  const place = form.querySelector(".autosave-state");
  const seen = read(form); // what the server has of each field, as far as this page knows
  const dirty = new Set(); // fields that were changed here and are not stored yet
  const disputed = new Map(); // fields that somebody else changed too, with what they wrote
  const faults = new Set();
  let revision = form.elements.revision.value;
  let timer = 0;
  let sending = null;

  form.querySelector(".save-bar .button").hidden = true;
  place.textContent = place.dataset.begin;
  restore();

  form.addEventListener("input", (event) => note(event.target));
  form.addEventListener("change", (event) => note(event.target));
  form.addEventListener("focusout", () => dirty.size && plan(0));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    flush();
  });
  window.addEventListener("online", () => dirty.size && plan(0));
  document.addEventListener("visibilitychange", () => document.hidden && dirty.size && plan(0));
  setInterval(look, LOOK);

  // A step is taken from what stands here: it waits until that is stored.
  for (const other of document.querySelectorAll("form[data-after-saving]")) {
    other.addEventListener("submit", async (event) => {
      if (!dirty.size || other.dataset.ready) return;
      event.preventDefault();
      await flush();
      if (dirty.size) return; // the state says why
      other.dataset.ready = "yes";
      other.requestSubmit(event.submitter);
    });
  }

  function note(field) {
    const name = field.name;
    if (!name || !(name in seen) || field.type === "file") return;
    const now = read(form)[name];
    if (same(now, seen[name])) dirty.delete(name);
    else dirty.add(name);
    for (const heading of shownIn(name)) heading.textContent = now;
    keep();
    show();
    if (dirty.size) plan(PAUSE);
  }

  function plan(pause) {
    clearTimeout(timer);
    timer = setTimeout(flush, pause);
  }

  /** Sends what was typed; one request at a time, so that the last word is the last stored. */
  async function flush() {
    clearTimeout(timer);
    while (sending) await sending;
    const names = [...dirty].filter((name) => !disputed.has(name));
    if (!names.length) return show();
    sending = send(names, []);
    await sending;
  }

  async function send(names, kept) {
    const typed = pick(read(form), names);
    say("saving");
    let answer;
    try {
      answer = await ask(words.autosave, {
        method: "PATCH",
        headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrf_token.value },
        body: JSON.stringify({ fields: typed, seen: pick(seen, names), keep: kept }),
      });
    } catch (error) {
      sending = null;
      say(error.state ?? "offline");
      if (!error.state) timer = setTimeout(flush, AGAIN);
      return;
    }
    sending = null;
    take(answer, typed);
    if ([...dirty].some((name) => !disputed.has(name) && !faults.has(name))) plan(PAUSE);
  }

  /** Takes an answer: what is stored is known, what others changed is shown, both is disputed. */
  function take(answer, typed) {
    revision = answer.revision;
    form.elements.revision.value = revision;
    const current = read(form);
    for (const name of answer.saved) {
      seen[name] = name in typed && !(name in answer.conflicts) ? typed[name] : current[name];
      if (same(current[name], seen[name])) dirty.delete(name);
      faults.delete(name);
      fault(form, name, "");
    }
    for (const [name, sentence] of Object.entries(answer.faults)) {
      faults.add(name);
      fault(form, name, sentence);
    }
    for (const [name, conflict] of Object.entries(answer.conflicts)) {
      disputed.set(name, conflict.theirs);
      dispute(name, conflict, answer.who);
    }
    const taken = [];
    for (const [name, theirs] of Object.entries(answer.fields)) {
      if (!(name in seen) || dirty.has(name)) continue;
      if (!same(theirs, seen[name]) && !answer.saved.includes(name)) taken.push(label(form, name));
      seen[name] = theirs;
      if (!same(theirs, read(form)[name])) write(form, name, theirs);
    }
    for (const place of document.querySelectorAll("[data-checklist]")) {
      if (place.innerHTML !== answer.checklist) place.innerHTML = answer.checklist;
    }
    form.elements.seen.value = JSON.stringify(seen);
    keep();
    show(taken.length ? filled(words.merged, answer.who, taken) : "");
  }

  /** Looks at what others changed, while the page is looked at and nothing is being sent. */
  async function look() {
    if (document.hidden || sending || dirty.size) return;
    try {
      const headers = { "If-None-Match": `"${revision}"` };
      const response = await fetch(words.state, { headers, cache: "no-store" });
      if (response.status !== 200 || response.redirected || sending || dirty.size) return;
      take(await response.json(), {});
    } catch {
      // the next look may succeed
    }
  }

  function dispute(name, conflict, who) {
    const field = holder(form, name);
    field.querySelector(".dispute")?.remove();
    const box = document.createElement("div");
    box.className = "dispute notice warn";
    box.setAttribute("role", "alert");
    const head = document.createElement("p");
    head.innerHTML = "<strong></strong>";
    head.firstChild.textContent = words.both.replace("{who}", who);
    const theirs = document.createElement("blockquote");
    theirs.textContent = [conflict.theirs].flat().join(", ") || words.empty;
    const actions = document.createElement("div");
    actions.className = "actions";
    actions.append(
      button(words.mine, "button small", async () => {
        settle();
        while (sending) await sending;
        sending = send([name], [name]);
      }),
      button(words.theirs, "button secondary small", () => {
        write(form, name, conflict.theirs);
        seen[name] = conflict.theirs;
        dirty.delete(name);
        settle();
        keep();
        show();
      }),
    );
    const settle = () => {
      disputed.delete(name);
      box.remove();
      form.elements[name]?.focus?.();
    };
    box.append(head, theirs, actions);
    field.append(box);
    box.scrollIntoView({ block: "nearest" });
  }

  /** Keeps in this browser what is not stored yet. */
  function keep() {
    try {
      if (!dirty.size) return localStorage.removeItem(words.key);
      const kept = { fields: pick(read(form), [...dirty]), seen: pick(seen, [...dirty]) };
      localStorage.setItem(words.key, JSON.stringify(kept));
    } catch {
      // a browser that keeps nothing: the page does, as long as it is open
    }
  }

  function restore() {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(words.key) || "null");
    } catch {
      return;
    }
    if (!kept) return;
    for (const [name, value] of Object.entries(kept.fields)) {
      if (!(name in seen) || same(value, seen[name])) continue;
      write(form, name, value);
      seen[name] = kept.seen[name];
      dirty.add(name);
    }
    if (dirty.size) {
      place.textContent = words.restored;
      plan(0);
    } else keep();
  }

  function show(more = "") {
    if (disputed.size) say("conflict");
    else if ([...dirty].some((name) => faults.has(name))) say("fault");
    else if (dirty.size) say("saving");
    else say("saved", more);
  }

  function say(state, more = "") {
    const sentence = more || words[state];
    if (place.textContent !== sentence) place.textContent = sentence;
    place.dataset.state = state;
  }
}
