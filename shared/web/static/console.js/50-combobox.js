// A long <select> becomes a combobox with a list that is filtered (ARIA APG, "editable combobox with
// list autocomplete"). The select stays in the form and holds the value; without JavaScript it is used.
const MOST_SHOWN = 60;
let comboboxes = 0;

behaviours.push((root) => {
  for (const select of found(root, "select[data-combobox]", "comboboxOn")) makeCombobox(select);
});

function makeCombobox(select) {
  const { none, found: foundWords, more, open: openWords } = select.dataset;
  const number = ++comboboxes;
  const options = [...select.options].map((option, place) => ({
    place,
    label: option.dataset.detail
      ? option.text.slice(0, -option.dataset.detail.length - 3).trim()
      : option.text.trim(),
    detail: option.dataset.detail ?? "",
    folded: fold(option.text),
    empty: option.value === "",
  }));
  const box = document.createElement("div");
  box.className = "combobox";
  const input = document.createElement("input");
  const list = document.createElement("ul");
  const button = document.createElement("button");
  const status = document.createElement("div");

  list.id = `combobox-${number}-list`;
  list.setAttribute("role", "listbox");
  list.hidden = true;
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  button.type = "button";
  button.className = "combobox-open";
  button.tabIndex = -1;
  button.setAttribute("aria-label", openWords);
  button.setAttribute("aria-controls", list.id);
  button.setAttribute("aria-expanded", "false");
  input.type = "text";
  input.autocomplete = "off";
  input.spellcheck = false;
  input.required = select.required;
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  }
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);

  // The label and links to a faulty field lead to the id: it moves to what is used.
  const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
  if (label) {
    label.id ||= `combobox-${number}-label`;
    list.setAttribute("aria-labelledby", label.id);
  }
  input.id = select.id;
  select.id = `${select.id}-value`;
  select.hidden = true;
  select.required = false;
  select.before(box);
  box.append(input, button, list, status);

  let shown = [];
  let active = -1;

  const chosen = () => options[select.selectedIndex];
  const wordsOf = (option) => (option && !option.empty ? option.label : "");
  const isOpen = () => !list.hidden;
  const placeholder = options.find((option) => option.empty);
  if (placeholder) input.placeholder = placeholder.label;
  input.value = wordsOf(chosen());

  const setActive = (place) => {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = place;
    const item = list.children[active];
    if (!item || active < 0) return input.removeAttribute("aria-activedescendant");
    item.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  };

  const show = (text) => {
    const wanted = fold(text).split(/\s+/).filter(Boolean);
    const matching = options.filter(({ folded }) => wanted.every((word) => folded.includes(word)));
    shown = matching.slice(0, MOST_SHOWN);
    const items = shown.map((option, place) => {
      const item = document.createElement("li");
      item.id = `combobox-${number}-${place}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.append(option.label);
      if (option.detail) {
        const detail = document.createElement("span");
        detail.className = "option-detail";
        detail.textContent = option.detail;
        item.append(" ", detail);
      }
      return item;
    });
    list.replaceChildren(...items);
    const rest = matching.length - shown.length;
    if (!matching.length || rest) {
      const note = document.createElement("li");
      note.className = "combobox-rest";
      note.setAttribute("role", "presentation");
      note.textContent = matching.length ? fill(more, { n: rest }) : none;
      list.append(note);
    }
    status.textContent = matching.length ? fill(foundWords, { n: matching.length }) : none;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    button.setAttribute("aria-expanded", "true");
    active = -1;
    input.removeAttribute("aria-activedescendant");
  };

  const close = () => {
    list.hidden = true;
    active = -1;
    input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-expanded", "false");
    status.textContent = "";
  };

  const choose = (option) => {
    const differs = select.selectedIndex !== option.place;
    select.selectedIndex = option.place;
    input.value = wordsOf(option);
    close();
    if (differs) select.dispatchEvent(new Event("change", { bubbles: true }));
  };

  /** Keeps what was typed if it is an option, the empty one if nothing was, else what was chosen. */
  const settle = () => {
    const typed = fold(input.value).trim();
    const same = options.find((option) => fold(option.label).trim() === typed && !option.empty);
    if (same && fold(wordsOf(chosen())) !== typed) choose(same);
    else if (!typed && placeholder) choose(placeholder);
    else input.value = wordsOf(chosen());
    close();
  };

  const openAll = () => {
    show("");
    setActive(shown.indexOf(chosen()));
  };

  input.addEventListener("input", () => {
    show(input.value);
    if (input.value.trim() && shown.length) setActive(0);
  });
  input.addEventListener("click", () => (isOpen() ? close() : openAll()));
  input.addEventListener("blur", settle);
  input.addEventListener("keydown", (event) => {
    const { key, altKey } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (altKey && key === "ArrowUp") return isOpen() && active >= 0 ? choose(shown[active]) : close();
      if (!isOpen()) {
        openAll();
        if (altKey || active >= 0) return;
        return setActive(key === "ArrowDown" ? 0 : shown.length - 1);
      }
      const step = key === "ArrowDown" ? 1 : -1;
      if (shown.length) setActive(active < 0 && step < 0 ? shown.length - 1 : (active + step + shown.length) % shown.length);
    } else if (key === "Enter" && isOpen()) {
      event.preventDefault();
      if (active >= 0) choose(shown[active]);
      else settle();
    } else if (key === "Tab" && isOpen() && active >= 0 && input.value !== wordsOf(chosen())) {
      choose(shown[active]);
    } else if (key === "Escape") {
      if (isOpen()) {
        event.stopPropagation();
        close();
        input.value = wordsOf(chosen());
      } else if (placeholder) {
        input.value = "";
      }
    }
  });
  // Before the input loses the focus, so that its settling finds the choice made.
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const item = event.target.closest("[role=option]");
    if (item) choose(shown[[...list.children].indexOf(item)]);
  });
  button.addEventListener("mousedown", (event) => {
    event.preventDefault();
    input.focus();
    if (isOpen()) close();
    else openAll();
  });
  select.form?.addEventListener("reset", () => setTimeout(() => (input.value = wordsOf(chosen()))));
}
