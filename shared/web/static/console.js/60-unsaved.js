// A form marked `data-unsaved` says when it holds what is not saved, and the browser asks before
// the page is left. A form shown again with faults is unsaved from the start: `data-unsaved="yes"`.
behaviours.push((root) => {
  for (const form of found(root, "form[data-unsaved]", "unsavedOn")) {
    const place = form.querySelector(".save-state");
    const before = snapshot(form);
    let unsaved = form.dataset.unsaved === "yes";
    let leaving = false;

    const warn = (event) => {
      if (leaving) return;
      event.preventDefault();
      event.returnValue = "";
    };
    const tell = () => {
      const words = unsaved ? place?.dataset.unsavedWords : "";
      if (place && place.textContent !== words) place.textContent = words;
      // Only while needed: a page with this listener cannot be kept for the Back button.
      if (unsaved) window.addEventListener("beforeunload", warn);
      else window.removeEventListener("beforeunload", warn);
    };
    const look = () => {
      unsaved = form.dataset.unsaved === "yes" || snapshot(form) !== before;
      tell();
    };
    form.addEventListener("input", look);
    form.addEventListener("change", look);
    form.addEventListener("submit", () => (leaving = true));
    window.addEventListener("pageshow", () => (leaving = false));
    tell();
  }
});

function snapshot(form) {
  return JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value.name ?? value]));
}
