// The graph: pointing at a result lights up everything it rests on and everything that rests on it.
"use strict";

for (const graph of document.querySelectorAll(".graph")) {
  const lines = [...graph.querySelectorAll(".edge-line")];
  const nodes = [...graph.querySelectorAll("a[data-id]")];

  const reach = (start, from, to) => {
    const seen = new Set([start]);
    const waiting = [start];
    while (waiting.length) {
      const id = waiting.pop();
      for (const line of lines) {
        if (line.dataset[from] === id) {
          line.classList.add("on");
          if (!seen.has(line.dataset[to])) { seen.add(line.dataset[to]); waiting.push(line.dataset[to]); }
        }
      }
    }
    return seen;
  };

  const dim = () => {
    graph.classList.remove("lit");
    for (const each of [...lines, ...nodes]) each.classList.remove("on");
  };

  for (const node of nodes) {
    const light = () => {
      dim();
      const seen = new Set([...reach(node.dataset.id, "from", "to"), ...reach(node.dataset.id, "to", "from")]);
      for (const each of nodes) each.classList.toggle("on", seen.has(each.dataset.id));
      graph.classList.add("lit");
    };
    node.addEventListener("mouseenter", light);
    node.addEventListener("focus", light);
    node.addEventListener("mouseleave", dim);
    node.addEventListener("blur", dim);
  }
}
