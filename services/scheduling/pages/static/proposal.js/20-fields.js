// What the saving of a proposal is made of: asking, the form's fields, and what stands beside them.

/** Asks for JSON; when the sign-in was renewed on the way, which loses what was sent, once more.
 *
 * An error has a `state` where trying again would not help. */
async function ask(address, options) {
  for (let attempt = 0; attempt < 2; attempt++) {
    const response = await fetch(address, options);
    if (response.redirected) continue;
    if (response.status >= 400 && response.status < 500) throw failure("refused");
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  }
  throw failure("signedOut");
}

const failure = (state) => Object.assign(new Error(state), { state });

/** Gives the form's fields as the server has them: texts, and lists of what is ticked. */
function read(form) {
  const fields = {};
  for (const field of form.elements) {
    if (!field.name || ["csrf_token", "revision", "seen"].includes(field.name)) continue;
    if (field.type === "file" || field.name.startsWith("remove-") || field.name.startsWith("keep-")) continue;
    if (field.type === "checkbox") {
      fields[field.name] ??= [];
      if (field.checked) fields[field.name].push(field.value);
    } else fields[field.name] = field.value;
  }
  return fields;
}

function write(form, name, value) {
  const ticked = Array.isArray(value);
  for (const field of form.querySelectorAll(`[name="${name}"]`)) {
    if (ticked) field.checked = value.includes(field.value);
    else field.value = value;
    field.dispatchEvent(new Event("autosave:written", { bubbles: true }));
    if (field.matches("select[data-combobox]")) {
      const shown = field.parentElement.querySelector('input[role="combobox"]');
      if (shown) shown.value = field.selectedOptions[0]?.text ?? "";
    }
  }
  for (const heading of shownIn(name)) heading.textContent = value;
  const counted = document.querySelector(`[data-count="${name}"]`);
  if (counted) form.elements[name].dispatchEvent(new Event("input"));
}

function fault(form, name, sentence) {
  const field = holder(form, name);
  const id = `${name}-error`;
  let told = document.getElementById(id);
  if (!told && sentence) {
    told = document.createElement("p");
    told.id = id;
    told.className = "field-error";
    field.querySelector("label, legend")?.after(told);
  }
  if (told) {
    told.textContent = sentence;
    told.hidden = !sentence;
  }
  field.classList.toggle("has-error", Boolean(sentence));
  for (const one of form.querySelectorAll(`[name="${name}"]`)) {
    if (one.type === "checkbox") continue;
    if (sentence) {
      one.setAttribute("aria-invalid", "true");
      one.setAttribute("aria-describedby", [...new Set([...(one.getAttribute("aria-describedby") || "").split(" "), id])].join(" ").trim());
    } else one.removeAttribute("aria-invalid");
  }
}

const holder = (form, name) =>
  form.querySelector(`[name="${name}"]`).closest(".field, .check-group, fieldset") ?? form;

const label = (form, name) => {
  const field = form.querySelector(`[name="${name}"]`);
  const words = field.labels?.[0] ?? field.closest("fieldset")?.querySelector("legend");
  return (words?.textContent ?? name).trim();
};

const filled = (sentence, who, names) =>
  sentence.replace("{who}", who).replace("{names}", names.join(", "));

const shownIn = (name) => document.querySelectorAll(`[data-shows="${name}"]`);

const pick = (fields, names) => Object.fromEntries(names.map((name) => [name, fields[name]]));

const bare = (value) =>
  Array.isArray(value) ? JSON.stringify([...value].sort()) : String(value ?? "").replace(/\r\n?/g, "\n").trim();

const same = (one, other) => bare(one) === bare(other);

function button(words, className, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.textContent = words;
  made.addEventListener("click", act);
  return made;
}

for (const form of document.querySelectorAll("form[data-autosave]")) autosave(form);
