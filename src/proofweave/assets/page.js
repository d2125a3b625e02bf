// What a page can do beyond reading: previews of references, keyboard access to what scrolls, the place in the contents.
"use strict";

const scrollers = ".eq-math, pre, .wide, .toc, .graph";

function reachable() {
  for (const box of document.querySelectorAll(scrollers)) {
    if (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1) box.tabIndex = 0;
    else if (!box.classList.contains("toc")) box.removeAttribute("tabindex");
  }
  for (const math of document.querySelectorAll("p > math, li > math, figcaption math, summary > math")) {
    const room = math.parentElement.clientWidth;
    if (room && math.getBoundingClientRect().width > room) {
      const box = document.createElement("span");
      box.className = "long";
      box.tabIndex = 0;
      math.replaceWith(box);
      box.append(math);
    }
  }
}

let preview = null;

function closePreview() {
  if (preview) preview.remove();
  preview = null;
}

function openPreview(link) {
  const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!target) return;
  closePreview();
  preview = document.createElement("div");
  preview.className = "preview";
  preview.setAttribute("aria-hidden", "true");
  const whole = target.closest(".eq") || target.closest("li") || target;
  const copy = whole.cloneNode(true);
  for (const node of [copy, ...copy.querySelectorAll("[id]")]) node.removeAttribute("id");
  for (const node of copy.querySelectorAll("a, button, [tabindex]")) node.setAttribute("tabindex", "-1");
  preview.append(copy);
  document.body.append(preview);
  const place = link.getBoundingClientRect();
  const left = Math.max(8, Math.min(place.left, innerWidth - preview.offsetWidth - 16));
  const above = place.bottom + preview.offsetHeight + 8 > innerHeight && place.top > preview.offsetHeight + 8;
  preview.style.left = `${left + scrollX}px`;
  preview.style.top = `${(above ? place.top - preview.offsetHeight - 8 : place.bottom + 8) + scrollY}px`;
}

function previews() {
  let timer = 0;
  const leave = () => { clearTimeout(timer); timer = setTimeout(closePreview, 150); };
  const enter = (event) => {
    const link = event.target.closest && event.target.closest("a.ref");
    if (link && link.hash) { clearTimeout(timer); timer = setTimeout(() => openPreview(link), 120); }
    else if (preview && !preview.contains(event.target)) leave();
  };
  document.addEventListener("mouseover", enter);
  document.addEventListener("focusin", enter);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") closePreview(); });
  document.addEventListener("click", closePreview);
}

function openTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = target && target.closest("details:not([open])");
  if (folded) { folded.open = true; target.scrollIntoView(); }
}

function contents() {
  const links = [...document.querySelectorAll(".toc a")];
  const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  if (!links.length) return;
  if (matchMedia("(max-width: 67.99rem)").matches) document.querySelector(".toc details").open = false;
  let waiting = false;
  const show = () => {
    waiting = false;
    let now = 0;
    headings.forEach((heading, index) => { if (heading && heading.getBoundingClientRect().top < 120) now = index; });
    links.forEach((link, index) => link.classList.toggle("now", index === now));
  };
  addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(show); } }, { passive: true });
  show();
}

addEventListener("hashchange", openTarget);
addEventListener("beforeprint", () => { for (const proof of document.querySelectorAll("details.proof")) proof.open = true; });
addEventListener("resize", reachable);
previews();
contents();
openTarget();
reachable();
document.fonts.ready.then(reachable);
