// How many letters a field has, of how many it may have; said aloud only near the end.
behaviours.push((root) => {
  for (const place of found(root, "[data-count]", "countOn")) {
    const field = document.getElementById(place.dataset.count);
    if (!field) continue;
    const longest = Number(place.dataset.longest);
    const tell = () => {
      const n = [...field.value.replace(/\r\n?/g, "\n").trim()].length;
      const over = n > longest;
      const { words, one, over: tooMany, oneOver } = place.dataset;
      place.textContent = over
        ? fill(isOne(n - longest) ? oneOver : tooMany, { n: n - longest })
        : fill(isOne(n) ? one : words, { n, longest });
      place.classList.toggle("is-over", over);
      if (n > longest * 0.9) place.setAttribute("role", "status");
      else place.removeAttribute("role");
    };
    field.addEventListener("input", tell);
    tell();
  }
});
