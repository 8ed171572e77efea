// Comfort only: the page does all it does without this file.
"use strict";

(() => {
  const main = document.querySelector("main");
  const box = document.querySelector("#q");
  const button = document.querySelector(".search button");
  const status = document.querySelector("[role=status]");
  const results = [...document.querySelectorAll(".result h2 a")];

  const busy = (on) => {
    main.setAttribute("aria-busy", String(on));
    button.textContent = on ? "Searching…" : "Search";
    if (on && status) status.textContent = "Searching…";
  };

  const move = (step) => {
    const at = results.indexOf(document.activeElement);
    const next = results[at < 0 ? (step > 0 ? 0 : -1) : at + step];
    if (!next) return step < 0 && at === 0 ? box.focus() : undefined;
    next.focus({ preventScroll: true });
    next.closest("article").scrollIntoView({ block: "nearest" });
  };

  const keys = {
    "/": () => { box.focus(); box.select(); },
    j: () => move(1),
    k: () => move(-1),
    Escape: () => document.activeElement.blur(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const active = document.activeElement;
    const typing = active.matches("input, textarea, select");
    let act = typing && event.key !== "Escape" ? undefined : keys[event.key];
    const among = active === box || results.includes(active);
    if (among && event.key === "ArrowDown") act = keys.j;
    if (results.includes(active) && event.key === "ArrowUp") act = keys.k;
    if (!act) return;
    event.preventDefault();
    act();
  });

  document.addEventListener("submit", () => busy(true));
  window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });

  const lost = (image) => {
    const words = document.createElement("p");
    words.className = "placeholder";
    words.textContent = "No preview";
    image.replaceWith(words);
  };
  for (const image of document.querySelectorAll(".picture img, .mat img, .shots img")) {
    if (image.complete && !image.naturalWidth) lost(image);
    else image.addEventListener("error", () => lost(image));
  }

  document.querySelector(".keys").hidden = false;
})();
