// The nodes, as the page carries them. They are numbered by importance: a node has more descendants than all later ones
// (or as many), so ancestors come before their descendants, and a picture of the first thousand is the best thousand.

const data = JSON.parse(document.getElementById("data").textContent);
const count = data.names.length;

function unpack(text, type) {
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new type(bytes.buffer);
}

const angles = unpack(data.angles, Float64Array);
const distances = unpack(data.distances, Float32Array); // to the middle, as embedded
const below = unpack(data.below, Uint32Array); // descendants
const groupOf = unpack(data.groups, Uint8Array); // data.tops.length for none
const edges = unpack(data.edges, Uint32Array); // child, parent, child, parent, …

// Rows of a sparse matrix: the targets of node i are items[offsets[i]] to items[offsets[i + 1]], in order.
function rows(from, to) {
  const offsets = new Uint32Array(count + 1), items = new Uint32Array(edges.length / 2);
  for (let e = 0; e < edges.length; e += 2) offsets[edges[e + from] + 1]++;
  for (let i = 0; i < count; i++) offsets[i + 1] += offsets[i];
  const next = offsets.slice();
  for (let e = 0; e < edges.length; e += 2) items[next[edges[e + from]]++] = edges[e + to];
  for (let i = 0; i < count; i++) items.subarray(offsets[i], offsets[i + 1]).sort();
  return { of: (i) => items.subarray(offsets[i], offsets[i + 1]) };
}
const parents = rows(0, 1);
const children = rows(1, 0);

// Of several parents the least important says most about a node. −1 for a root.
const mainParent = Int32Array.from({ length: count }, (_, i) => parents.of(i).at(-1) ?? -1);

// A name for people, as plot::short_label has it: WordNet's `wild_dog.n.01` is a wild dog.
function label(i) {
  const wordnet = /^(.+)\.[nvasr]\.\d\d$/su.exec(data.names[i]);
  return wordnet ? wordnet[1].replaceAll("_", " ") : data.names[i];
}

// From a root down to the node, by main parents.
function chainTo(i) {
  const chain = [];
  for (let node = i; node >= 0; node = mainParent[node]) chain.push(node);
  return chain.reverse();
}

// The node and everything above (or below) it, once each.
function closure(i, edgesOf) {
  const seen = new Set([i]);
  for (const node of seen) edgesOf.of(node).forEach((next) => seen.add(next));
  return [...seen];
}

// How far every distance to the middle is stretched; less than 1 where the embedding would crowd the rim. The rest of
// what is kept per node follows from it: r, and (cosh r, sinh r cos θ, sinh r sin θ) on the hyperboloid, for culling.
const layout = {
  factor: 1,
  r: new Float64Array(count),
  time: new Float64Array(count),
  x: new Float64Array(count),
  y: new Float64Array(count),
};

function stretch(factor) {
  layout.factor = factor;
  for (let i = 0; i < count; i++) {
    const r = factor * distances[i], s = Math.sinh(r);
    layout.r[i] = r;
    layout.time[i] = Math.cosh(r);
    layout.x[i] = s * Math.cos(angles[i]);
    layout.y[i] = s * Math.sin(angles[i]);
  }
}
stretch(data.fit);

const place = (i) => ({ angle: angles[i], r: layout.r[i] });
