// A button marked `data-copy` copies the field that it names, and says so in its own words.
behaviours.push((root) => {
  for (const button of found(root, "button[data-copy]", "copyOn")) {
    const field = document.getElementById(button.dataset.copy);
    if (!field) continue;
    const words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        document.execCommand("copy"); // without https there is no clipboard but this one
      }
      button.textContent = button.dataset.done;
      setTimeout(() => (button.textContent = words), 4000);
    });
  }
});
