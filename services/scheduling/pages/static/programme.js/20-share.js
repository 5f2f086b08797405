// Copying and sharing: the buttons appear where the browser can do it.
for (const button of document.querySelectorAll("button[data-copy-text]")) {
  const words = button.textContent;
  const told = document.createElement("span"); // a button that changes its words is not read out
  told.className = "visually-hidden";
  told.setAttribute("role", "status");
  button.after(told);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copyText);
    } catch {
      const field = document.createElement("textarea"); // without https there is no clipboard
      field.value = button.dataset.copyText;
      button.after(field);
      field.select();
      document.execCommand("copy");
      field.remove();
      button.focus();
    }
    button.textContent = told.textContent = button.dataset.done;
    setTimeout(() => {
      button.textContent = words;
      told.textContent = "";
    }, 4000);
  });
}

for (const button of document.querySelectorAll("button[data-share]")) {
  if (!navigator.share) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    const { title, words, share } = button.dataset;
    navigator.share({ title, text: words || title, url: share }).catch(() => {});
  });
}

for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
