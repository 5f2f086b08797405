// The console's behaviours: one module, its parts joined in order of name. Each part looks for its
// `data-` attribute, and the page works without any of them. Words come from the page's attributes.

/** @type {Array<(root: ParentNode) => void>} What to do with the page, and with what is put into it. */
const behaviours = [];

/** Does what every behaviour does with the elements under `root`. */
const enliven = (root) => behaviours.forEach((behave) => behave(root));

/** Gives the elements under `root` that match, once each. */
const found = (root, selector, key) =>
  [...root.querySelectorAll(selector)].filter((element) => {
    if (element.dataset[key]) return false;
    element.dataset[key] = "on";
    return true;
  });

/** Puts numbers into a sentence: "{n} sur {longest}". */
const fill = (sentence, numbers) =>
  sentence.replace(/\{(\w+)\}/g, (_whole, name) =>
    Number(numbers[name]).toLocaleString(document.documentElement.lang),
  );

/** Tells whether a number takes the singular: in French 0 does too. */
const isOne = (count) => new Intl.PluralRules(document.documentElement.lang).select(count) === "one";

/** Folds letters for a search: neither case nor accents. */
const fold = (text) =>
  text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase().replace(/[’']/g, " ");
