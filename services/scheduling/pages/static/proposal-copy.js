// The copy sheet: what is copied is ticked and kept at once; lengths are counted as one types.

const plurals = new Intl.PluralRules(document.documentElement.lang);
const isOne = (count) => plurals.select(count) === "one"; // in French 0 is too

for (const form of document.querySelectorAll("form[data-copy-sheet]")) {
  const place = form.querySelector("[data-copy-status]");
  const ticks = [...form.querySelectorAll('input[name^="done-"]')];
  let timer = 0;

  const keep = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      try {
        const body = new FormData(form);
        body.append("quietly", "1"); // nobody is told of it on the next page
        const response = await fetch(form.action || location.href, { method: "POST", body });
        if (!response.ok) throw new Error(String(response.status));
      } catch {
        place.textContent = form.dataset.failed;
      }
    }, 400);
  };
  const count = () => {
    const n = ticks.filter((tick) => tick.checked).length;
    const { one, words } = place.dataset;
    return (isOne(n) ? one : words).replace("{n}", String(n)).replace("{total}", String(ticks.length));
  };

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
      const counted = over ? n - longest : n;
      const { one, words, oneOver, over: many } = told.dataset;
      told.textContent = (over ? (isOne(counted) ? oneOver : many) : isOne(counted) ? one : words)
        .replace("{n}", String(counted))
        .replace("{longest}", String(longest));
    });
    text.addEventListener("change", () => keep());
  }
}
