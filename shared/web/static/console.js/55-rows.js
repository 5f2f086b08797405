// Rows added and removed on the spot, by the buttons that would submit the form without JavaScript.
behaviours.push((root) => {
  for (const group of found(root, "[data-rows]", "rowsOn")) {
    const list = group.querySelector(".rows-list");
    const template = group.querySelector("template");
    const add = group.querySelector("[name=add_row]");
    let next = list.children.length;

    add.addEventListener("click", (event) => {
      event.preventDefault();
      const holder = document.createElement("div");
      holder.innerHTML = template.innerHTML.replaceAll("__index__", String(next++));
      const row = holder.firstElementChild;
      list.append(row);
      enliven(row);
      row.querySelector("input, select, textarea")?.focus();
      group.dispatchEvent(new Event("change", { bubbles: true }));
    });

    list.addEventListener("click", (event) => {
      const button = event.target.closest("[name=remove_row]");
      if (!button) return;
      event.preventDefault();
      const row = button.closest(".rows-row");
      const beside = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      (beside?.querySelector("[name=remove_row]") ?? add).focus();
      group.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
});
