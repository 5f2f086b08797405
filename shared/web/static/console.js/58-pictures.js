// A picture is sent as soon as it is chosen, shown, and named in the form by its id. Without this the
// form brings the file itself.

behaviours.push((root) => {
  for (const field of found(root, "[data-picture]", "pictureOn")) {
    const file = field.querySelector("input[type=file]");
    const id = field.querySelector(`input[name="${field.dataset.picture}"]`);
    const shown = field.querySelector(".picture-shown");
    const state = field.querySelector("[data-picture-state]");
    const fault = field.querySelector(".field-error");
    const say = (error, words) => {
      fault.textContent = error;
      fault.hidden = !error;
      field.classList.toggle("has-error", Boolean(error));
      file.toggleAttribute("aria-invalid", Boolean(error));
      state.textContent = words;
    };
    file.addEventListener("change", async () => {
      const [chosen] = file.files;
      if (!chosen) return;
      if (chosen.size > Number(field.dataset.largest)) {
        file.value = "";
        say(field.dataset.tooLarge, "");
        return;
      }
      say("", field.dataset.sending);
      const body = new FormData();
      body.append("csrf_token", field.closest("form").elements.csrf_token.value);
      body.append("file", chosen);
      try {
        const answer = await fetch(field.dataset.to, { method: "POST", body });
        const told = await answer.json();
        file.value = "";
        if (!answer.ok) {
          say(told.error || field.dataset.failed, "");
          return;
        }
        id.value = told.id;
        shown.src = told.src;
        shown.hidden = false;
        say("", field.dataset.sent);
        id.dispatchEvent(new Event("change", { bubbles: true }));
      } catch {
        say("", "");
        state.textContent = field.dataset.failed; // the file stays chosen: the form brings it
      }
    });
  }
});
