// A select whose choices depend on another field: `data-choices-of` is that field's name, and
// `data-choices` the address of its choices, as <option>s, with {value} for the field's value.
// A place with `data-note-of` shows what the chosen option of a select says in `data-note`.
behaviours.push((root) => {
  for (const select of found(root, "select[data-choices-of]", "choicesOn")) followChoice(select);
  for (const place of found(root, "[data-note-of]", "noteOn")) showNote(place);
});

function followChoice(select) {
  const { choicesOf, choices } = select.dataset;
  const other = select.form?.querySelector(`select[name="${CSS.escape(choicesOf)}"]`);
  if (!other) return;
  select.parentElement.querySelector("[data-without-script]")?.remove();
  other.addEventListener("change", async () => {
    const wanted = other.value;
    let html = "";
    try {
      const address = choices.replace("{value}", encodeURIComponent(wanted));
      const answer = wanted && (await fetch(address, { credentials: "same-origin" }));
      html = answer && answer.ok ? await answer.text() : "";
    } catch {
      // no network for now: without choices, and the server says so when the form is saved
    }
    if (other.value !== wanted) return; // another was chosen meanwhile
    const parsed = new DOMParser().parseFromString(`<select>${html}</select>`, "text/html");
    select.replaceChildren(...parsed.querySelectorAll("option"));
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function showNote(place) {
  const select = place.closest("form")?.querySelector(`select[name="${CSS.escape(place.dataset.noteOf)}"]`);
  select?.addEventListener("change", () => {
    place.textContent = select.selectedOptions[0]?.dataset.note ?? "";
  });
}
