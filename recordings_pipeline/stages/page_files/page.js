"use strict";

/* One recording: its sounds one after the other, its picture, and its phrases, on one clock. */
class Recording {
  constructor(section) {
    this.length = Number(section.dataset.ms);
    this.left = Number(section.dataset.left);
    this.plot = Number(section.dataset.plot);
    this.picture = section.querySelector(".picture");
    this.cursor = section.querySelector(".cursor");
    this.sounds = [...section.querySelectorAll("audio")];
    this.active = this.sounds[0] || null;
    this.list = section.querySelector(".transcript");
    this.phrases = this.list ? [...this.list.querySelectorAll("button")] : [];
    this.starts = Float64Array.from(this.phrases, (button) => Number(button.dataset.ms));
    this.current = -1;
    this.listen();
    this.show();
  }

  listen() {
    for (const [number, sound] of this.sounds.entries()) {
      const trouble = sound.parentElement.querySelector(".trouble");
      sound.addEventListener("play", () => this.play(sound));
      sound.addEventListener("timeupdate", () => this.show());
      sound.addEventListener("seeked", () => { this.active = sound; this.show(); });
      sound.addEventListener("error", () => { trouble.hidden = false; });
      sound.addEventListener("ended", () => {
        const next = this.sounds[number + 1];
        if (next) { next.currentTime = 0; next.play(); }
      });
    }
    if (this.list) {
      this.list.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (button) { this.start(Number(button.dataset.ms)); }
      });
      this.list.addEventListener("keydown", (event) => this.walk(event));
    }
    this.picture.addEventListener("pointerdown", (event) => {
      this.picture.setPointerCapture(event.pointerId);
      this.seek(this.pointed(event));
    });
    this.picture.addEventListener("pointermove", (event) => {
      if (event.buttons & 1) { this.seek(this.pointed(event)); }
    });
    this.picture.addEventListener("keydown", (event) => this.step(event));
  }

  at() {
    return this.active ? Number(this.active.dataset.from) + this.active.currentTime * 1000 : 0;
  }

  pointed(event) {
    const box = this.picture.getBoundingClientRect();
    return ((event.clientX - box.left) / box.width - this.left) / this.plot * this.length;
  }

  /* Only one sound of the page is heard at a time. */
  play(sound) {
    this.active = sound;
    for (const other of document.querySelectorAll("audio")) {
      if (other !== sound) { other.pause(); }
    }
    const move = () => {
      this.show();
      if (!sound.paused) { requestAnimationFrame(move); }
    };
    move();
  }

  seek(ms) {
    const wanted = Math.min(Math.max(ms, 0), this.length);
    const was = this.active;
    for (const sound of this.sounds) {
      if (Number(sound.dataset.from) <= wanted) { this.active = sound; }
    }
    if (!this.active) { return; }
    const goes = was && !was.paused;
    if (goes && was !== this.active) { was.pause(); }
    this.active.currentTime = (wanted - Number(this.active.dataset.from)) / 1000;
    if (goes) { this.active.play(); }
    this.show();
  }

  start(ms) {
    this.seek(ms);
    if (this.active) { this.active.play(); }
  }

  toggle() {
    if (!this.active) { return; }
    if (this.active.paused) { this.active.play(); } else { this.active.pause(); }
  }

  step(event) {
    const steps = { ArrowLeft: -5000, ArrowRight: 5000, PageDown: -30000, PageUp: 30000 };
    const ends = { Home: 0, End: this.length };
    if (event.key in steps) { this.seek(this.at() + steps[event.key]); }
    else if (event.key in ends) { this.seek(ends[event.key]); }
    else { return; }
    event.preventDefault();
    event.stopPropagation();
  }

  walk(event) {
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const number = this.phrases.indexOf(document.activeElement);
    const next = this.phrases[number + (way || 0)];
    if (!way || number < 0 || !next) { return; }
    event.preventDefault();
    this.reachable(next);
    next.focus();
  }

  /* One phrase takes part in tabbing, or it would take a thousand steps to leave the list. */
  reachable(button) {
    for (const other of this.list.querySelectorAll('[tabindex="0"]')) { other.tabIndex = -1; }
    button.tabIndex = 0;
  }

  show() {
    const ms = this.at();
    const share = this.left + this.plot * Math.min(ms / Math.max(this.length, 1), 1);
    this.cursor.style.left = (share * 100).toFixed(3) + "%";
    const seconds = Math.round(ms / 1000);
    if (this.told !== seconds) {
      this.told = seconds;
      this.picture.setAttribute("aria-valuenow", String(seconds));
      this.picture.setAttribute("aria-valuetext", Math.floor(seconds / 60) + " min " + seconds % 60 + " s");
    }
    this.mark(this.spoken(ms));
  }

  /* The last phrase that has begun; phrases are ordered by their start. */
  spoken(ms) {
    let low = 0, high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= ms + 1) { low = middle + 1; } else { high = middle; }
    }
    return low - 1;
  }

  mark(number) {
    if (number === this.current) { return; }
    if (this.current >= 0) { this.phrases[this.current].removeAttribute("aria-current"); }
    this.current = number;
    if (number < 0) { return; }
    const button = this.phrases[number];
    button.setAttribute("aria-current", "true");
    if (!this.list.contains(document.activeElement)) { this.reachable(button); }
    const row = button.parentElement, list = this.list;
    const top = row.offsetTop, bottom = top + row.offsetHeight;
    if (top < list.scrollTop || bottom > list.scrollTop + list.clientHeight) {
      list.scrollTop = top - list.clientHeight / 3;
    }
  }
}

const recordings = [...document.querySelectorAll(".recording")].map((section) => new Recording(section));

/* Keys that mean something to what has the focus are left to it. */
document.addEventListener("keydown", (event) => {
  if (event.target.closest("audio, a") || event.altKey || event.ctrlKey || event.metaKey) { return; }
  const section = event.target.closest(".recording");
  const all = [...document.querySelectorAll(".recording")];
  const playing = recordings.find((found) => found.active && !found.active.paused);
  const chosen = section ? recordings[all.indexOf(section)] : playing || recordings[0];
  if (!chosen) { return; }
  if (event.key === " ") { event.preventDefault(); chosen.toggle(); }
  else if (event.key === "ArrowLeft" || event.key === "ArrowRight") { chosen.step(event); }
});
