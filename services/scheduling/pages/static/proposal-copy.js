// The copy sheet: what is copied is ticked and kept at once; lengths are counted as one types.

for (const form of document.querySelectorAll("form[data-copy-sheet]")) {
  const place = form.querySelector("[data-copy-status]");
  const ticks = [...form.querySelectorAll('input[name^="done-"]')];
  let timer = 0;

  const keep = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      try {
        const response = await fetch(form.action || location.href, { method: "POST", body: new FormData(form) });
        if (!response.ok) throw new Error(String(response.status));
      } catch {
        place.textContent = form.dataset.failed;
      }
    }, 400);
  };
  const count = () =>
    place.dataset.words
      .replace("{n}", String(ticks.filter((tick) => tick.checked).length))
      .replace("{total}", String(ticks.length));

  for (const tick of ticks) {
    tick.addEventListener("change", () => {
      const field = tick.closest(".copy-field");
      field.classList.toggle("is-done", tick.checked);
      field.classList.remove("is-stale");
      place.textContent = count();
      keep();
    });
  }
  for (const button of form.querySelectorAll("button[data-copy]")) {
    button.addEventListener("click", () => {
      const field = button.closest(".copy-field");
      const tick = field.querySelector('input[name^="done-"]');
      if (tick && !tick.checked) {
        tick.checked = true;
        tick.dispatchEvent(new Event("change"));
      }
      const name = field.querySelector("h3").textContent.trim();
      place.textContent = `${place.dataset.copied.replace("{name}", name)} – ${count()}`;
    });
  }
  for (const text of form.querySelectorAll(".copy-text[name]")) {
    const told = form.querySelector(`#${text.id}-length`);
    const tick = text.closest(".copy-field").querySelector('input[name^="done-"]');
    text.addEventListener("input", () => {
      if (tick?.checked) tick.click(); // what was copied is another text
      const n = [...text.value.trim()].length;
      const longest = Number(told.dataset.longest);
      const over = n > longest;
      told.classList.toggle("is-over", over);
      told.textContent = (over ? told.dataset.over : told.dataset.words)
        .replace("{n}", String(over ? n - longest : n))
        .replace("{longest}", String(longest));
    });
    text.addEventListener("change", () => keep());
  }
}
