// The list of faults above a form says of which field each is: « Nom : ce champ est obligatoire ».
behaviours.push((root) => {
  const between = document.documentElement.lang === "fr" ? "\u00a0: " : ": ";
  for (const link of found(root, ".error-summary a[href^='#']", "faultNamed")) {
    const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    const label = field?.labels?.[0] ?? field?.querySelector("legend");
    const name = label?.textContent.trim().replace(/\s+/g, " ");
    if (name) link.prepend(name, between);
  }
});
