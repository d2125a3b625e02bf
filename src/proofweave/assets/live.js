// Served by `proofweave serve` only: reload when a post was built again, show what is wrong while it cannot be.
"use strict";

const words = document.currentScript.dataset;
const source = new EventSource("/-/events");

function overlay(posts) {
  document.getElementById("live-problems")?.remove();
  const names = Object.keys(posts);
  if (!names.length) return;
  const box = document.createElement("section");
  box.id = "live-problems";
  box.setAttribute("role", "alert");
  const title = document.createElement("h2");
  title.textContent = words.broken.replace("{count}", names.length);
  const list = document.createElement("ul");
  for (const name of names) {
    for (const line of posts[name]) {
      const item = document.createElement("li");
      item.textContent = line;
      list.append(item);
    }
  }
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = words.fold;
  close.addEventListener("click", () => box.remove());
  box.append(title, close, list);
  document.body.append(box);
}

source.addEventListener("message", (event) => {
  const told = JSON.parse(event.data);
  const here = decodeURIComponent(location.pathname);
  if (told.problems) overlay(told.problems);
  if (told.reload && (told.reload === "*" || here === `/posts/${told.reload}.html`)) location.reload();
});
