// What the page knows, how it hears of changes, and how it asks for things.
import { ask } from "./ask.js";
import { Gallery } from "./gallery.js";
import { showRound } from "./round.js";
import { Screen } from "./screen.js";

const state = {
  accounts: new Map(),
  rooms: new Map(),
  posts: new Map(),
  places: new Map(),
  clock: { now: "", speed: 0 },
  overview: { commands: [], calendar: [], happened: [], counters: [], stages: [] },
};

const $ = (id) => document.getElementById(id);
const screens = new Map();
let gallery = null;

function take(view) {
  if (view.whole) {
    for (const known of [state.accounts, state.rooms, state.posts, state.places]) known.clear();
  }
  for (const account of view.accounts) state.accounts.set(account.user, account);
  for (const room of view.rooms) state.rooms.set(room.id, room);
  for (const post of view.posts) {
    const known = state.posts.has(post.ref);
    state.posts.set(post.ref, post);
    if (!known) {
      if (!state.places.has(post.place)) state.places.set(post.place, []);
      state.places.get(post.place).push(post.ref);
    }
  }
  Object.assign(state, { clock: view.clock, overview: view.overview });
  showRound(state, view.trouble);
  showSeats(view);
  gallery ??= new Gallery(state);
  gallery.update(view);
}

function showSeats(view) {
  const seats = [...state.accounts.values()].filter((account) => account.seat);
  seats.sort((a, b) => (a.role === b.role ? 0 : a.role === "coordinator" ? -1 : 1));
  for (const [user, screen] of screens) {
    if (!seats.some((account) => account.user === user)) {
      screen.root.remove();
      screens.delete(user);
    }
  }
  for (const account of seats) {
    if (!screens.has(account.user)) {
      const screen = new Screen(state, account.user, { plays: true });
      screens.set(account.user, screen);
      $("seats").append(screen.root);
    }
    screens.get(account.user).update(view);
  }
}

function follow() {
  const source = new EventSource("/events");
  source.onopen = () => document.body.classList.remove("away");
  source.onmessage = (event) => take(JSON.parse(event.data));
  source.onerror = () => {
    document.body.classList.add("away");
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, 1000);
  };
}

async function turn(button, body) {
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  await ask("clock", body);
  button.disabled = false;
  button.removeAttribute("aria-busy");
  button.focus();
}

$("step").addEventListener("click", () => turn($("step"), { do: "step" }));
$("play").addEventListener("click", () => {
  const runs = state.clock.speed > 0;
  turn($("play"), runs ? { do: "pause" } : { do: "run", speed: Number($("speed").value) });
});
$("speed").addEventListener("change", () => {
  if (state.clock.speed > 0) ask("clock", { do: "run", speed: Number($("speed").value) });
});
$("trouble").addEventListener("change", () => ask("trouble", { name: $("trouble").value }));
$("seat-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "Europe/London";
  if (await ask("seats", { name: $("seat-name").value, zone })) $("seat-name").value = "";
});

follow();
