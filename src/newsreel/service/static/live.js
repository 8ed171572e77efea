// The live page: shots appear as they end. Without this file it is a list to be reloaded.
"use strict";

(() => {
  const reel = document.querySelector(".reel");
  const blank = document.querySelector("template").content.querySelector("li");
  const state = document.querySelector(".state");
  const announced = document.querySelector(".announced");
  const waiting = document.querySelector(".waiting");
  const feeds = [...document.querySelectorAll(".feeds a")];
  const QUIET_S = 20, SILENT_MS = 25_000, LONGEST_WAIT_MS = 30_000, ANNOUNCE_MS = 15_000;

  // Times: the reader's own, and how long ago by the clock of the service.

  let ahead = 0;
  const secondsSince = (moment) => Math.max(0, Math.round((Date.now() - ahead - Date.parse(moment)) / 1000));
  const plain = (seconds) => {
    if (seconds < 60) return `${seconds} s`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
    return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} days`;
  };
  const timecode = (seconds) => {
    const whole = Math.floor(seconds), [h, m, s] = [whole / 3600, (whole / 60) % 60, whole % 60].map(Math.floor);
    return [...(h ? [h, String(m).padStart(2, "0")] : [m]), String(s).padStart(2, "0")].join(":");
  };
  const localise = (time) => {
    const moment = new Date(time.dateTime);
    const day = secondsSince(moment) < 72_000 ? {} : { day: "numeric", month: "short" };
    time.textContent = moment.toLocaleString(undefined, { ...day, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  };

  // Cards.

  const cards = () => [...reel.children];
  const tell = (made, shot) => {
    const sure = shot.confidence === null ? "" : ` ${Math.round(100 * shot.confidence)} %`;
    made.querySelector(".ends").textContent = shot.transition === "end" ? "" : shot.transition + sure;
  };
  const card = (shot) => {
    const made = document.importNode(blank, true);
    const part = (name) => made.querySelector(name);
    Object.assign(made.dataset, { id: shot.id, uri: shot.uri, ended: shot.ended_at });
    made.classList.toggle("again", Boolean(shot.again));
    made.classList.toggle("dull", shot.dull);
    part(".open").href = shot.page;
    part("img").src = shot.keyframe;
    part(".length").textContent = timecode(shot.end_s - shot.start_s);
    part(".clock").dateTime = shot.started_at;
    part(".feed").textContent = shot.feed;
    part(".said").textContent = shot.said.length > 160 ? `${shot.said.slice(0, 159).trimEnd()}…` : shot.said;
    part(".marks").textContent = [...new Set(shot.marks.map((mark) => mark.kind))].join(", ");
    tell(made, shot);
    if (shot.again) {
      part(".first").href = shot.again.page;
      part(".first .clock").dateTime = shot.again.started_at;
      part(".first").hidden = false;
    }
    made.querySelectorAll(".clock[datetime]").forEach(localise);
    return made;
  };

  const put = (made) => {
    const later = cards().find((other) => other.dataset.ended <= made.dataset.ended);
    reel.insertBefore(made, later ?? null);
    for (const old of cards().slice(Number(reel.dataset.most))) old.remove();
    document.querySelector(".none")?.remove();
  };

  // Whoever looks at something is not disturbed: what comes waits, and says how much it is.

  let held = [];
  let isPointing = false;
  const isLooking = () => isPointing || reel.contains(document.activeElement) || reel.getBoundingClientRect().top < 0;

  const showWaiting = () => {
    waiting.hidden = !held.length;
    waiting.firstElementChild.textContent = `${held.length} new shot${held.length === 1 ? "" : "s"}`;
  };
  const release = () => {
    const now = held;
    held = [];
    for (const old of reel.querySelectorAll(".new")) old.classList.remove("new");
    for (const made of now) {
      made.classList.add("new");
      put(made);
    }
    showWaiting();
  };
  const releaseIfFree = () => { if (held.length && !isLooking()) release(); };
  waiting.firstElementChild.addEventListener("click", () => {
    release();
    window.scrollTo({ top: 0 });
  });
  reel.addEventListener("pointerenter", ({ pointerType }) => { isPointing = pointerType === "mouse"; });
  reel.addEventListener("pointerleave", () => {
    isPointing = false;
    releaseIfFree();
  });
  reel.addEventListener("focusout", () => setTimeout(releaseIfFree));
  document.addEventListener("scroll", releaseIfFree, { passive: true });

  // A screen reader hears how much came, not each shot.

  let unheard = 0, announcedAt = 0;
  const announce = () => {
    if (!unheard || performance.now() - announcedAt < ANNOUNCE_MS) return;
    announced.textContent = `${unheard} new shot${unheard === 1 ? "" : "s"}`;
    [unheard, announcedAt] = [0, performance.now()];
  };

  // Events.

  const told = (feed, ended) => {
    for (const link of feeds) {
      if (["", feed].includes(link.dataset.feed) && link.dataset.ended < ended) link.dataset.ended = ended;
    }
  };
  const drop = (isGone) => {
    for (const old of cards().filter(isGone)) old.remove();
    held = held.filter((made) => !isGone(made));
    showWaiting();
  };
  const came = (shot) => {
    told(shot.feed, shot.ended_at);
    const shown = cards();
    const known = [...shown, ...held].find((one) => one.dataset.id === shot.id);
    if (known) return tell(known, shot); // it is known by now how it ends
    if (shown.length >= reel.dataset.most && shot.ended_at < shown.at(-1).dataset.ended) return;
    if (!feeds.some((link) => link.dataset.feed === shot.feed)) window.location.reload(); // a feed that is new
    held.push(card(shot));
    held = held.slice(-Number(reel.dataset.most));
    unheard += 1;
    if (isLooking()) showWaiting();
    else release();
  };

  let source, heardAt = 0, wait = 1000;
  const listen = () => {
    source = new EventSource(reel.dataset.events);
    const on = (name, act) => source.addEventListener(name, (event) => {
      heardAt = performance.now();
      act(JSON.parse(event.data));
      look();
    });
    on("shot", came);
    on("gone", ({ uri }) => drop((made) => made.dataset.uri === uri));
    on("state", ({ now, uris }) => {
      [ahead, wait] = [Date.now() - Date.parse(now), 1000];
      drop((made) => !uris.includes(made.dataset.uri));
    });
    source.addEventListener("error", () => {
      heardAt = 0;
      if (source.readyState === EventSource.CLOSED) again(); // refused: a browser does not ask once more by itself
      look();
    });
  };
  const again = () => {
    source.close();
    setTimeout(listen, wait);
    wait = Math.min(2 * wait, LONGEST_WAIT_MS);
  };

  // What the reader is told of it, every second.

  const say = (name, words) => {
    state.dataset.state = name;
    const said = state.querySelector(".words");
    if (said.textContent !== words) said.textContent = words;
  };
  const look = () => {
    const current = feeds.find((link) => link.ariaCurrent);
    const quiet = current ? secondsSince(current.dataset.ended) : 0;
    if (!heardAt) say("cut", "The connection is lost. Trying again…");
    else if (quiet > QUIET_S) say("quiet", `No shot for ${plain(quiet)}.`);
    else say("live", "Live");
    for (const link of feeds) link.querySelector(".ago").textContent = plain(secondsSince(link.dataset.ended));
    for (const made of cards()) {
      const seconds = secondsSince(made.dataset.ended);
      made.querySelector(".facts .ago").textContent = seconds < 3600 ? `${plain(seconds)} ago` : "";
    }
    announce();
  };

  reel.addEventListener("error", ({ target }) => {
    const words = document.createElement("p");
    words.className = "placeholder";
    words.textContent = "No preview";
    target.replaceWith(words);
  }, true);
  document.querySelectorAll(".clock[datetime]").forEach(localise);
  document.querySelector(".zone").textContent = `Times of day are yours (${Intl.DateTimeFormat().resolvedOptions().timeZone}).`;
  window.addEventListener("pagehide", () => source.close());
  say("still", "Connecting…");
  listen();
  setInterval(() => {
    if (heardAt && performance.now() - heardAt > SILENT_MS) { // it says something every ten seconds, if it is there
      heardAt = 0;
      again();
    }
    if (heardAt || source.readyState !== EventSource.CONNECTING) look();
  }, 1000);
})();
