// Choosing rows: all of the page at once, ranges with Shift, and how many there are.
behaviours.push((root) => {
  for (const table of found(root, "[data-select-rows]", "selectRowsOn")) {
    const boxes = [...table.querySelectorAll("tbody .select input, .change-choice input")];
    const all = table.querySelector("[data-select-all]");
    const scope = table.closest("form") ?? document;
    const bar = scope.querySelector("[data-bulk]");
    const words = bar?.querySelector(".bulk-count");
    const everything = bar?.querySelector("[name=everything]");
    let last = null;

    const tell = () => {
      const chosen = boxes.filter((box) => box.checked).length;
      if (all) {
        all.checked = chosen > 0 && chosen === boxes.length;
        all.indeterminate = chosen > 0 && chosen < boxes.length;
      }
      if (!words) return;
      const { none, one, many } = words.dataset;
      const told = chosen === 0 ? none : chosen === 1 ? one : fill(many, { n: chosen });
      if (words.textContent !== told) words.textContent = told;
      bar.classList.toggle("is-idle", !chosen && !everything?.checked);
    };

    if (all) all.hidden = boxes.length === 0;
    all?.addEventListener("change", () => {
      for (const box of boxes) box.checked = all.checked;
      tell();
    });
    boxes.forEach((box, place) =>
      box.addEventListener("click", (event) => {
        if (event.shiftKey && last !== null) {
          const [from, to] = [Math.min(last, place), Math.max(last, place)];
          for (const other of boxes.slice(from, to + 1)) other.checked = box.checked;
        }
        last = place;
        tell();
      }),
    );
    everything?.addEventListener("change", tell);
    tell();
  }
});
