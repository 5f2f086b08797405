// The map of the sessions, drawn by Leaflet. Without a tile server its ground is what Parvis knows:
// each commune as the piece of land nearest to it, no wider than a few kilometres. Nobody else is asked.
const frame = document.querySelector("[data-map]");
const data = JSON.parse(document.getElementById("map-data").textContent);
const words = frame?.dataset ?? {};
const plurals = new Intl.PluralRules(document.documentElement.lang);
const quietly = matchMedia("(prefers-reduced-motion: reduce)").matches;

const REACH = 8; // kilometres around a commune's middle
const KM = 111.13; // in a degree of latitude
const PLACES = [["", 16], ["is-above", -34]]; // a name's, in pixels from its middle

function planeAround(points) {
  const lat = points.reduce((sum, [latitude]) => sum + latitude, 0) / points.length;
  const wide = 111.32 * Math.cos((lat * Math.PI) / 180);
  return {
    to: ([latitude, longitude]) => [longitude * wide, latitude * KM],
    from: ([x, y]) => [y / KM, x / wide],
  };
}

// What of a polygon is nearer to `a` than to `b` (Sutherland and Hodgman, 1974).
function nearerHalf(polygon, a, b) {
  const [mx, my] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const [nx, ny] = [b[0] - a[0], b[1] - a[1]];
  const side = ([x, y]) => (x - mx) * nx + (y - my) * ny;
  const kept = [];
  polygon.forEach((point, index) => {
    const next = polygon[(index + 1) % polygon.length];
    const [here, there] = [side(point), side(next)];
    if (here <= 0) kept.push(point);
    if (here < 0 !== there < 0) {
      const t = here / (here - there);
      kept.push([point[0] + t * (next[0] - point[0]), point[1] + t * (next[1] - point[1])]);
    }
  });
  return kept;
}

function piecesOfLand(communes) {
  const plane = planeAround(communes.map((commune) => commune.at));
  const middles = communes.map((commune) => plane.to(commune.at));
  return middles.map((middle, own) => {
    let piece = Array.from({ length: 36 }, (_, step) => {
      const turn = (step * Math.PI) / 18;
      return [middle[0] + REACH * Math.cos(turn), middle[1] + REACH * Math.sin(turn)];
    });
    middles.forEach((other, index) => {
      const apart = Math.hypot(other[0] - middle[0], other[1] - middle[1]);
      if (index !== own && apart > 0 && apart < 2 * REACH) piece = nearerHalf(piece, middle, other);
    });
    return piece.map(plane.from);
  });
}

function layGround(map) {
  if (data.tiles) {
    L.tileLayer(data.tiles, { attribution: data.attribution, maxZoom: 19 }).addTo(map);
    return;
  }
  if (!data.communes.length) return;
  for (const piece of piecesOfLand(data.communes)) {
    L.polygon(piece, { className: "land", interactive: false, weight: 1.5 }).addTo(map);
  }
  map.createPane("names").style.zIndex = 450; // over the land, under the pins
  const names = L.layerGroup().addTo(map);
  const label = () => {
    names.clearLayers();
    const taken = clusters(map).map(({ at }) => {
      const { x, y } = map.latLngToContainerPoint(at);
      return [x - 15, y - 15, x + 15, y + 15];
    });
    const isFree = (box) =>
      !taken.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1]);
    // Those with most sessions are named first, below their middle or above it; a name that would
    // lie on another or under a pin waits for more zoom.
    for (const commune of data.communes) {
      const { x, y } = map.latLngToContainerPoint(commune.at);
      const half = commune.name.length * 3.6 + 6;
      const place = PLACES.find(([, top]) => isFree([x - half, y + top, x + half, y + top + 18]));
      if (!place) continue;
      taken.push([x - half, y + place[1], x + half, y + place[1] + 18]);
      const icon = L.divIcon({ className: "land-name", html: "", iconSize: [0, 0] });
      const how = { icon, interactive: false, keyboard: false, pane: "names" };
      const marker = L.marker(commune.at, how).addTo(names);
      const name = { className: place[0], textContent: commune.name };
      marker.getElement().append(Object.assign(document.createElement("span"), name));
      marker.getElement().setAttribute("aria-hidden", "true");
    }
  };
  map.on("zoomend", label);
  map.whenReady(label);
}
