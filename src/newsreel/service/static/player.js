// A video's page: keys, the strip of shots and the transcript go with the player.
// Without this file each shot and each line of the transcript is a link to its moment.
"use strict";

(() => {
  const film = document.querySelector(".film");
  const still = film.querySelector(".still");
  const message = film.querySelector(".unplayable");
  const transport = film.querySelector(".transport");
  const button = film.querySelector(".play");
  const timed = (link) => ({ link, start: Number(link.dataset.start), end: Number(link.dataset.end) });
  const shots = [...film.querySelectorAll(".shots a")].map(timed);
  const [earlier, later] = ["prev", "next"].map((way) => film.querySelector(`.strip [rel=${way}]`));
  const cues = [...film.querySelectorAll(".cues a")].map(timed);
  let video = film.querySelector("video");
  let looked = shots.find((shot) => shot.link.ariaCurrent)?.start ?? 0;

  const now = () => (video ? video.currentTime : looked);
  const play = () => video.play().catch(() => {}); // refused, or paused before it began

  // A long film's page shows some of its shots: -1 where the moment lies in none of those.
  const shotAt = (moment) => {
    if (earlier && moment < shots[0].start) return -1;
    if (later && moment >= shots.at(-1).end) return -1;
    return Math.max(0, shots.findLastIndex((shot) => shot.start <= moment));
  };

  // What is being shown is marked, and kept in sight: by moving its own list, never the page.

  const centre = ({ link }) => {
    const [list, element] = [link.closest("ol"), link.parentElement];
    list.scrollTo({
      left: element.offsetLeft - (list.clientWidth - element.offsetWidth) / 2,
      top: element.offsetTop - (list.clientHeight - element.offsetHeight) / 2,
    });
  };

  // Marks one of these, or none; says whether another one was marked before. Nothing else is touched.
  const marker = (entries) => {
    let marked = entries.find(({ link }) => link.ariaCurrent);
    const set = ({ link }, on) => {
      link.ariaCurrent = on ? "true" : null;
      link.parentElement.classList.toggle("current", on);
    };
    if (marked) centre(marked);
    return (current) => {
      if (current === marked) return false;
      if (marked) set(marked, false);
      if (current) set(current, true);
      marked = current;
      return Boolean(current);
    };
  };

  const markShot = marker(shots);
  const markCue = marker(cues);
  let readUntil = 0;
  const follow = () => {
    const moment = now();
    const shot = shots[shotAt(moment)];
    if (markShot(shot)) centre(shot);
    const cue = cues.findLast(({ start, end }) => start <= moment && moment < end);
    if (markCue(cue) && performance.now() > readUntil) centre(cue);
  };

  // Someone who is scrolling the transcript is left alone for a while.
  for (const sign of ["wheel", "touchmove", "pointerdown"]) {
    film.querySelector(".cues")?.addEventListener(sign, () => { readUntil = performance.now() + 5000; }, { passive: true });
  }

  const again = (moment) => {
    message.hidden = true;
    video.src = video.src.replace(/#.*/, "");
    video.currentTime = moment;
    play();
  };

  const go = ({ link, start }) => {
    looked = start;
    if (video?.error) again(start);
    else if (video) video.currentTime = start;
    else show();
    history.replaceState(null, "", link.href);
    follow();
  };

  const show = () => {
    const picture = shots[shotAt(looked)]?.link.querySelector("img");
    if (picture && still) [still.src, still.alt] = [picture.src, picture.alt];
  };

  // The page again, with the shots and the lines around this moment.
  const reopen = (moment) => {
    const address = new URL(location.href);
    address.searchParams.set("t", moment.toFixed(3));
    address.hash = "";
    location.assign(address);
  };

  const step = (by) => {
    const at = shotAt(now());
    if (at < 0) return reopen(now());
    const restart = by < 0 && video && now() - shots[at].start > 1; // as players do: first to where this one began
    const next = shots[restart ? at : at + by];
    if (!next) return (by < 0 ? earlier : later)?.click();
    if (document.activeElement.closest(".shots")) next.link.focus({ preventScroll: true });
    return go(next);
  };

  document.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || !shots.length || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.target.closest("input, textarea, select, video")) return;
    event.preventDefault();
    step(by);
  });

  film.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const words = String(window.getSelection()) ? null : event.target.closest(".cues li"); // not while they are copied
    const link = event.target.closest("a[data-start]") ?? words?.querySelector("a");
    if (!link) return;
    event.preventDefault();
    go(timed(link));
  });

  for (const stepper of transport.querySelectorAll("[data-step]")) {
    stepper.addEventListener("click", () => step(Number(stepper.dataset.step)));
  }
  transport.hidden = !transport.children.length;

  if (!video) return;

  // The browser has the last word on whether it can play this.

  const listening = new AbortController();
  const on = (events, act) => {
    for (const event of events) video.addEventListener(event, act, { signal: listening.signal });
  };

  const giveUp = () => {
    looked = video.currentTime || looked;
    listening.abort();
    video.removeAttribute("src");
    video.load(); // or it would go on loading
    video.remove();
    video = null;
    button.remove();
    message.hidden = false;
    if (still) still.hidden = false;
    show();
  };

  // What plays up to some place may play again beyond it: moving to another shot, or Play, tries.

  const stumble = (reason) => {
    message.querySelector("b").textContent = reason;
    message.hidden = false;
    button.textContent = "Play";
  };

  const failed = () => {
    const { code } = video.error;
    if (code === MediaError.MEDIA_ERR_NETWORK) stumble("The connection was lost here.");
    else if (code === MediaError.MEDIA_ERR_DECODE && video.currentTime > 0) stumble("The film is damaged here.");
    else giveUp();
  };

  const isHeardOnly = () => video.readyState > HTMLMediaElement.HAVE_NOTHING && !video.videoWidth;

  on(["error"], failed);
  on(["loadedmetadata"], () => { if (isHeardOnly()) giveUp(); });
  on(["timeupdate", "seeking", "seeked"], follow);
  on(["play", "pause"], () => { button.textContent = video.paused ? "Play" : "Pause"; });

  button.addEventListener("click", () => {
    if (video.error) again(video.currentTime);
    else if (video.paused) play();
    else video.pause();
  });

  // Who followed a link to a moment wants to see it. A browser may say no: then one key starts it.

  const begin = () => {
    button.focus();
    const [arrival] = performance.getEntriesByType("navigation");
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (arrival?.type === "navigate" && !calm && !document.hidden) play();
  };

  if (video.error || isHeardOnly() || !video.canPlayType(video.dataset.question)) giveUp();
  else if ("plays" in film.dataset) begin();
  follow();
})();
