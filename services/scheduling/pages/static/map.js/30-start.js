function start() {
  frame.hidden = false;
  const map = L.map(frame, {
    zoomControl: false,
    maxZoom: 18,
    minZoom: 6,
    zoomAnimation: !quietly,
    fadeAnimation: !quietly,
    markerZoomAnimation: !quietly,
    scrollWheelZoom: false,
  });
  L.control.zoom({ zoomInTitle: words.larger, zoomOutTitle: words.smaller }).addTo(map);
  map.attributionControl.setPrefix(false);
  map.on("focus", () => map.scrollWheelZoom.enable()); // a page that is scrolled past stays a page
  map.on("blur", () => map.scrollWheelZoom.disable());
  const all = L.latLngBounds(data.venues.map((venue) => venue.at));
  map.fitBounds(all.isValid() ? all.pad(0.08) : [[45, 5], [46, 6]], { animate: false, maxZoom: 14 });
  if (data.here) map.setView(data.here, 12, { animate: false });
  layGround(map);

  const pins = L.layerGroup().addTo(map);
  let byVenue;
  const draw = () => (byVenue = drawPins(map, pins, (venue) => byVenue.get(venue.id).getElement().focus()));
  draw();
  map.on("zoomend", draw);

  // By keyboard one goes into what a pin says, and back to where it was opened.
  let opener;
  map.on("popupopen", ({ popup }) => {
    const box = popup.getElement();
    box.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", words.close);
    opener = document.activeElement;
    if (opener?.matches(".pin, [data-show]") && opener.matches(":focus-visible")) box.querySelector(".pin-words a").focus();
  });
  map.on("popupclose", ({ popup }) => {
    const isLost = document.activeElement === document.body; // with what was closed
    if (!isLost && !popup.getElement()?.contains(document.activeElement)) return;
    (opener?.isConnected ? opener : frame).focus({ preventScroll: true });
  });
  frame.addEventListener("keydown", (event) => {
    if (event.key === "Escape") map.closePopup();
  });
  if (data.here) {
    const icon = L.divIcon({ className: "pin-here", iconSize: [18, 18], html: "" });
    L.marker(data.here, { icon, title: words.near, alt: words.near, keyboard: false }).addTo(map);
  }

  for (const button of document.querySelectorAll("button[data-show]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const venue = data.venues.find((each) => each.id === button.dataset.show);
      map.setView(venue.at, zoomFor(map, venue), { animate: false });
      frame.scrollIntoView({ block: "nearest", behavior: quietly ? "auto" : "smooth" });
      byVenue.get(venue.id).openPopup();
    });
  }
}

if (frame && window.L && data.venues.length) start();
