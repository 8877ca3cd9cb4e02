// The panel: search, the selected node, the legend; the tip at the cursor; the tools.

const byId = Object.fromEntries([...document.querySelectorAll("[id]")].map((e) => [e.id, e]));
const element = (tag, text = "", properties = {}) =>
  Object.assign(document.createElement(tag), { textContent: text }, properties);
const number = (n) => n.toLocaleString("en");
const plural = (n, one, many) => `${number(n)} ${n === 1 ? one : many}`;

function colorSpot(i) {
  const spot = element("i", "", { className: "spot" });
  spot.style.background = groupColor(i);
  return spot;
}

function hover(i, at) {
  surface.classList.toggle("over", i >= 0);
  byId.tip.hidden = i < 0;
  if (i >= 0) {
    byId.tip.firstElementChild.textContent = label(i);
    byId.tip.lastElementChild.textContent = chainTo(i).slice(0, -1).map(label).join(" › ");
    const { width, height } = byId.tip.getBoundingClientRect();
    const x = Math.min(at[0] + 16, sheet.width - width - 8);
    const y = at[1] + 18 + height < sheet.height ? at[1] + 18 : at[1] - height - 12;
    byId.tip.style.transform = `translate(${x}px, ${y}px)`;
  }
  if (i === lit.hovered) return;
  lit.hovered = i;
  drawLit();
}

function select(i) {
  lit.selected = i;
  drawLit();
  byId.chosen.hidden = i < 0;
  if (i < 0) return;
  const button = (node) => element("button", label(node), { type: "button", onclick: () => visit(node) });
  byId.chain.replaceChildren(...chainTo(i).slice(0, -1).map(button));
  byId.name.replaceChildren(colorSpot(i), label(i));
  const own = children.of(i);
  const facts = [label(i) === data.names[i] ? "" : data.names[i], plural(below[i], "descendant", "descendants")];
  byId.facts.textContent = facts.filter(Boolean).join(" · ");
  byId.fit.hidden = below[i] === 0;
  const rows = [...own].slice(0, 300).map((child) => {
    const row = element("li");
    row.append(button(child), element("small", below[child] ? number(below[child]) : ""));
    return row;
  });
  if (own.length > 300) rows.push(element("li", `and ${number(own.length - 300)} more`));
  byId.children.replaceChildren(...rows);
}

function visit(i) {
  select(i);
  travelTo(place(i));
}

// Search: names that start so, then words that do, then the rest; among equals the important ones first.
let lowered = null;
const MOST_FOUND = 40;
function search(text) {
  const key = text.trim().toLowerCase();
  if (key === "") return { list: [], total: 0 };
  lowered ??= data.names.map((name, i) => [label(i).toLowerCase(), name.toLowerCase()]);
  const ranks = [[], [], [], []];
  lowered.forEach(([short, full], i) => {
    const at = short.indexOf(key);
    if (short === key || full === key) ranks[0].push(i);
    else if (at === 0) ranks[1].push(i);
    else if (at > 0) ranks[/[\p{L}\p{N}]/u.test(short[at - 1]) ? 3 : 2].push(i);
    else if (full.includes(key)) ranks[3].push(i);
  });
  const all = ranks.flat();
  return { list: all.slice(0, MOST_FOUND), total: all.length };
}

function showResults() {
  const { list, total } = search(byId.query.value);
  const empty = byId.query.value.trim() === "";
  byId.results.replaceChildren(...list.map((i, k) => {
    const row = element("li", "", { id: `result-${k}`, role: "option", onclick: () => choose(i) });
    row.dataset.node = i;
    row.append(colorSpot(i), label(i));
    if (mainParent[i] >= 0) row.append(element("small", label(mainParent[i])));
    return row;
  }));
  byId.results.hidden = list.length === 0;
  byId.query.setAttribute("aria-expanded", String(list.length > 0));
  byId.found.hidden = empty || (total > 0 && total <= MOST_FOUND);
  byId.found.textContent = total === 0 ? "No name like this." : `${number(total)} names, the first ${MOST_FOUND}:`;
  byId.results.scrollTop = 0;
  mark(0);
}

// The row that Enter takes.
function mark(k) {
  [...byId.results.children].forEach((row, j) => row.setAttribute("aria-selected", String(j === k)));
  const row = byId.results.children[k];
  byId.query.setAttribute("aria-activedescendant", row ? row.id : "");
  row?.scrollIntoView({ block: "nearest" });
}

function choose(i) {
  byId.query.value = "";
  showResults();
  visit(i);
}

byId.query.addEventListener("input", showResults);
byId.query.addEventListener("keydown", (event) => {
  const rows = [...byId.results.children];
  const at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") mark(Math.min(at + 1, rows.length - 1));
  else if (event.key === "ArrowUp") mark(Math.max(at - 1, 0));
  else if (event.key === "Enter" && rows[at]) choose(Number(rows[at].dataset.node));
  else if (event.key === "Escape") {
    byId.query.value = "";
    showResults();
    surface.focus();
  } else return;
  event.preventDefault();
});

function fillPanel() {
  byId.title.textContent = data.title;
  byId.caption.textContent = data.caption;
  const entries = data.tops.map(([node, size]) => {
    const entry = element("button", "", { type: "button", title: "Zoom to this subtree" });
    entry.append(colorSpot(node), element("span", label(node)), element("small", number(size)));
    entry.onclick = () => {
      select(node);
      zoomToSubtree(node);
    };
    return entry;
  });
  byId.legend.replaceChildren(...entries);
  byId.spread.hidden = data.fit >= 1;
  byId.spreading.min = data.fit;
  byId.spreading.value = layout.factor;
  byId.factor.value = layout.factor.toFixed(2);
}

byId.centre.onclick = () => travelTo(place(lit.selected));
byId.fit.onclick = () => zoomToSubtree(lit.selected);
byId.drop.onclick = () => select(-1);
byId.in.onclick = () => zoomMiddle(1.5);
byId.out.onclick = () => zoomMiddle(1 / 1.5);
byId.reset.onclick = reset;
byId.spreading.oninput = () => {
  const factor = Math.max(data.fit, Number(byId.spreading.value));
  byId.factor.value = factor.toFixed(2);
  spreadTo(factor);
};

window.addEventListener("resize", measureStage);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  readColors();
  fillPanel();
  redraw();
});
readColors();
fillPanel();
measureStage();
