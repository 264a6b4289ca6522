// The round at the top and at the side: stages, clock, calendar, numbers.
import { make, when } from "./words.js";

const $ = (id) => document.getElementById(id);
const before = new Map();

function changed(id, value) {
  const text = JSON.stringify(value);
  if (before.get(id) === text) return false;
  before.set(id, text);
  return true;
}

function entry(item) {
  return make(
    "li",
    {},
    make("time", { datetime: item.at }, when(item.at, "UTC", "short")),
    make("strong", {}, item.title),
    item.detail ? make("span", {}, item.detail) : "",
  );
}

function fill(id, items, show, empty) {
  if (!changed(id, items)) return;
  $(id).replaceChildren(...(items.length ? items.map(show) : [make("li", { class: "none" }, empty)]));
}

function stage(item) {
  const words = { done: "done", now: "now", next: "to come" };
  return make(
    "li",
    { class: item.state, "aria-current": item.state === "now" ? "step" : false, title: item.detail },
    make("span", { class: "dot", "aria-hidden": "true" }, item.state === "done" ? "✓" : ""),
    make("span", { class: "name" }, item.title),
    make("span", { class: "hidden" }, `(${words[item.state]})`),
  );
}

function counter(item) {
  const value = item.total ? `${item.value} of ${item.total}` : String(item.value);
  const bar = item.total
    ? make("progress", { max: item.total, value: String(item.value), "aria-label": item.label })
    : "";
  return make("div", {}, make("dt", {}, item.label), make("dd", {}, value), bar);
}

export function showRound(state, trouble) {
  const { clock, overview } = state;
  $("now").textContent = when(clock.now);
  $("now").dateTime = clock.now;
  const running = clock.speed > 0;
  $("play").textContent = running ? "Pause" : "Play";
  $("play").setAttribute("aria-pressed", String(running));
  $("step").disabled = running || $("step").getAttribute("aria-busy") === "true";
  $("round").textContent = [overview.round, overview.dates, overview.state].filter(Boolean).join(" · ");
  $("hint").textContent = overview.hint ?? "";
  $("progress").value = overview.progress ?? 0;
  fill("stages", overview.stages, stage, "");
  fill("calendar", overview.calendar.slice(0, 7), entry, "Nothing is planned.");
  fill("happened", overview.happened.slice(0, 8), entry, "Nothing yet.");
  fill("counters", overview.counters, counter, "");
  if (document.activeElement !== $("trouble")) $("trouble").value = trouble;
  document.body.classList.toggle("in-trouble", trouble !== "none");
}
