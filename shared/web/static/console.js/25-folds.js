// What is always open on a desk (its summary is hidden there) begins folded on a phone.
const isPhone = matchMedia("(max-width: 30rem)");

behaviours.push((root) => {
  for (const fold of found(root, "details[data-fold]", "foldOn")) {
    const suit = () => (fold.open = !isPhone.matches);
    isPhone.addEventListener("change", suit);
    suit();
  }
});
