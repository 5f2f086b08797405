// A link marked `data-dialog` opens the `[data-dialog-content]` of the page it leads to over this one.
// Whatever goes wrong, the page itself is opened.
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  try {
    const answer = await fetch(link.href, { cache: "no-store", credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const content = page.querySelector("[data-dialog-content]");
    if (!answer.ok || !content) throw new Error("no content for a dialog");
    openDialog(document.adoptNode(content), link);
  } catch {
    location.href = link.href;
  }
});

function openDialog(content, opener) {
  const dialog = document.createElement("dialog");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "dialog-close";
  close.textContent = "×";
  close.setAttribute("aria-label", opener.dataset.close);
  close.addEventListener("click", () => dialog.close());
  const heading = content.querySelector("h1, h2");
  if (heading) {
    heading.id ||= "dialog-heading";
    dialog.setAttribute("aria-labelledby", heading.id);
  }
  for (const form of content.querySelectorAll("form")) {
    if (!form.getAttribute("action")) form.action = opener.href;
  }
  for (const cancel of content.querySelectorAll("[data-dialog-cancel]")) {
    cancel.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
    });
  }
  dialog.append(close, content);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    opener.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  enliven(dialog);
}
