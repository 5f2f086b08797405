// « Près de moi » asks the browser where it is, on that click alone, and goes to the list by distance.
// The position is rounded to some hundred metres; without one, the field for a commune is there.
const near = document.querySelector("[data-near-me]");
const said = document.querySelector("[data-near-said]");

function openField(id) {
  const field = document.getElementById(id);
  const fold = field?.closest("details");
  if (fold) fold.open = true;
  field?.focus();
}

near?.addEventListener("click", (event) => {
  event.preventDefault();
  if (!navigator.geolocation) return openField("near");
  said.textContent = near.dataset.asking;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const place = `${coords.latitude.toFixed(3)},${coords.longitude.toFixed(3)}`;
      location.assign(near.dataset.nearHref.replace("NEAR", encodeURIComponent(place)));
    },
    () => {
      said.textContent = near.dataset.refused;
      openField("near");
    },
    { maximumAge: 300000, timeout: 10000 },
  );
});
