// Venues with their numbers; those too near to each other to be told apart are one circle.
const NEAR = 44; // pixels

function clusters(map) {
  const found = [];
  for (const venue of data.venues) {
    const point = map.project(venue.at);
    const near = found.find((each) => each.point.distanceTo(point) < NEAR);
    if (near) near.venues.push(venue);
    else found.push({ point, at: venue.at, venues: [venue] });
  }
  return found;
}

// The zoom at which a venue stands alone, and the land around it is still seen.
function zoomFor(map, venue) {
  const isAlone = (zoom) =>
    data.venues.every((each) => each === venue || map.project(each.at, zoom).distanceTo(map.project(venue.at, zoom)) >= NEAR);
  let zoom = 12;
  while (zoom < map.getMaxZoom() && !isAlone(zoom)) zoom += 1;
  return zoom;
}

function addressOf(venue) {
  const query = new URLSearchParams(words.query);
  query.set("venue", venue.id);
  return `/?${query}`;
}

function counted(n) {
  return `${n} ${plurals.select(n) === "one" ? words.session : words.sessions}`;
}

function popupOf(venue) {
  const box = document.createElement("div");
  const name = Object.assign(document.createElement("strong"), { textContent: venue.name });
  const where = Object.assign(document.createElement("span"), { textContent: venue.commune ?? "" });
  const link = Object.assign(document.createElement("a"), {
    href: addressOf(venue),
    textContent: `${words.see} (${venue.n})`,
  });
  box.className = "pin-words";
  box.append(name, where, link);
  return box;
}

function pin(className, text, label) {
  const size = text.length > 3 ? 46 : text.length > 2 ? 40 : 34;
  const icon = L.divIcon({ className: `pin ${className}`, iconSize: [size, size], html: "" });
  return { icon, alt: label, title: label, text };
}

function put(at, shape, layer) {
  const marker = L.marker(at, shape).addTo(layer);
  const element = marker.getElement();
  element.textContent = shape.text;
  element.setAttribute("role", "button");
  element.setAttribute("aria-label", shape.title);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    element.click();
  });
  return marker;
}

function drawPins(map, layer, focusOn) {
  layer.clearLayers();
  const byVenue = new Map();
  for (const cluster of clusters(map)) {
    const sessions = cluster.venues.reduce((sum, venue) => sum + venue.n, 0);
    if (cluster.venues.length > 1 && map.getZoom() < map.getMaxZoom()) {
      const label = `${counted(sessions)}, ${cluster.venues.length} ${words.group}`;
      const marker = put(cluster.at, pin("is-group", String(sessions), label), layer);
      const bounds = L.latLngBounds(cluster.venues.map((venue) => venue.at));
      marker.on("click", () => {
        const byKeyboard = document.activeElement === marker.getElement();
        if (byKeyboard) map.once("moveend", () => focusOn(cluster.venues[0]));
        map.fitBounds(bounds.pad(0.3), { animate: !quietly && !byKeyboard });
      });
      for (const venue of cluster.venues) byVenue.set(venue.id, marker);
      continue;
    }
    for (const venue of cluster.venues) {
      const marker = put(venue.at, pin("", String(venue.n), `${venue.name}, ${counted(venue.n)}`), layer);
      marker.bindPopup(() => popupOf(venue), { minWidth: 180 });
      byVenue.set(venue.id, marker);
    }
  }
  return byVenue;
}
