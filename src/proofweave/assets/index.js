// The index: full-text search over all sections, and filters by tag.
"use strict";

const field = document.getElementById("find");
const hits = document.getElementById("hits");
const sections = (window.proofweaveSections || []).map((entry) => ({ entry, text: entry.slice(2).join("\n").toLowerCase() }));
const MOST = 30;

function found(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  return sections
    .filter(({ text }) => words.every((word) => text.includes(word)))
    .map((section) => ({ ...section, score: words.every((word) => section.entry[2].toLowerCase().includes(word)) ? 1 : 0 }))
    .sort((one, other) => other.score - one.score);
}

function line(text, word) {
  const at = Math.max(0, text.toLowerCase().indexOf(word.toLowerCase()));
  return (at > 30 ? "…" : "") + text.slice(Math.max(0, at - 30), at + 70) + "…";
}

function show() {
  const query = field.value.trim();
  const results = found(query);
  hits.textContent = "";
  if (!query) return;
  const count = document.createElement("p");
  count.textContent = results.length ? hits.dataset.found.replace("{count}", results.length) : hits.dataset.none;
  const list = document.createElement("ul");
  list.className = "hits";
  for (const { entry } of results.slice(0, MOST)) {
    const [title, href, heading, anchor, text] = entry;
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = href + (anchor ? `#${anchor}` : "");
    link.textContent = heading && heading !== title ? `${title} · ${heading}` : title;
    const excerpt = document.createElement("p");
    excerpt.textContent = line(text, query.split(/\s+/)[0]);
    item.append(link, excerpt);
    list.append(item);
  }
  hits.append(count, list);
}

field.addEventListener("input", show);
for (const button of document.querySelectorAll("[data-tag]")) {
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    const wanted = [...document.querySelectorAll('[data-tag][aria-pressed="true"]')].map((each) => each.dataset.tag);
    for (const row of document.querySelectorAll("#posts tbody tr")) {
      row.hidden = !wanted.every((tag) => row.dataset.tags.split(" ").includes(tag));
    }
  });
}
show();
