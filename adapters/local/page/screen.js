// One person's screen: their conversations as tabs, the messages, and a place to write.
import { ask } from "./ask.js";
import { message } from "./message.js";
import { city, face, make, when } from "./words.js";

let count = 0;

export class Screen {
  constructor(state, user, { plays }) {
    this.state = state;
    this.user = user;
    this.plays = plays;
    this.id = `screen-${++count}`;
    this.place = "";
    this.follows = null;
    this.seen = new Map();
    this.drawn = new Map();
    this.build();
  }

  build() {
    this.who = make("div", { class: "who" });
    this.tabs = make("div", { class: "tabs", role: "tablist", "aria-label": "Conversations" });
    this.log = make("ol", { class: "log", "aria-live": this.plays ? "polite" : false });
    this.panel = make("div", { class: "panel", role: "tabpanel", tabindex: "0", id: `${this.id}-panel` }, this.log);
    const parts = [make("header", { class: "bar" }, this.who), this.tabs, this.panel];
    if (this.plays) parts.push(this.composer());
    this.root = make("section", { class: "screen", "aria-labelledby": `${this.id}-name` }, ...parts);
  }

  composer() {
    const id = `${this.id}-text`;
    this.text = make("textarea", { id, rows: 1, placeholder: "Write, or type /" });
    this.offers = make("div", { class: "offers", role: "group", "aria-label": "Commands" });
    this.offers.hidden = true;
    const slash = make("button", { type: "button", class: "slash", title: "Commands", "aria-label": "Commands" }, "/");
    slash.addEventListener("click", () => this.offer(this.offers.hidden ? "/" : null));
    const send = make("button", { type: "submit", class: "primary" }, "Send");
    const label = make("label", { for: id, class: "hidden" }, "Message");
    const form = make("form", { class: "composer" }, this.offers, slash, this.attaching(), label, this.text, send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.text.addEventListener("input", () => this.offer(this.text.value.startsWith("/") ? this.text.value : null));
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.send();
      } else if (event.key === "Escape") this.offer(null);
    });
    return form;
  }

  // Pictures are sent to the bot alone: elsewhere there is no button for it.
  attaching() {
    const file = make("input", { type: "file", accept: "image/png,image/jpeg,image/webp,image/gif", class: "hidden", tabindex: "-1", "aria-hidden": "true" });
    this.attach = make("button", { type: "button", class: "attach", title: "Add a picture", "aria-label": "Add a picture" }, "+");
    this.attach.addEventListener("click", () => file.click());
    file.addEventListener("change", async () => {
      const [chosen] = file.files;
      if (chosen) await this.sendFile(chosen);
      file.value = "";
    });
    return make("span", {}, this.attach, file);
  }

  async sendFile(chosen) {
    const url = await new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(chosen);
    });
    const text = this.text.value;
    this.follows = this.asked();
    const sent = { account: this.user, place: this.place, text, name: chosen.name, content: url.slice(url.indexOf(",") + 1) };
    if (await ask("send", sent)) this.text.value = "";
  }

  offer(typed) {
    const role = this.state.accounts.get(this.user)?.role;
    const fits = (command) => command.role === "anyone" || command.role === role;
    const commands = typed === null ? [] : (this.state.overview.commands ?? []).filter((c) => fits(c) && c.text.startsWith(typed.trimEnd()));
    this.offers.hidden = commands.length === 0;
    this.offers.replaceChildren(
      ...commands.map((command) =>
        make(
          "button",
          {
            type: "button",
            onclick: () => {
              this.text.value = command.text;
              this.offer(null);
              this.text.focus();
            },
          },
          make("code", {}, command.text),
          make("span", {}, command.help),
        ),
      ),
    );
  }

  async send() {
    const text = this.text.value;
    if (!text.trim()) return;
    this.offer(null);
    this.follows = this.asked();
    if (await ask("say", { account: this.user, place: this.place, text })) this.text.value = "";
  }

  press(post, token, values) {
    this.follows = this.asked();
    return ask("press", { account: this.user, place: post.place, message: post.ref, token, values });
  }

  // What there is when somebody asks for something: what comes after it may be the answer.
  asked() {
    const had = new Map(this.placesOf().map(([place]) => [place, this.postsAt(place).length]));
    return { now: this.state.clock.now, had };
  }

  placesOf() {
    const { accounts, rooms, places } = this.state;
    const account = accounts.get(this.user);
    const found = [[`direct/${this.user}`, "Bot"]];
    if (account?.role === "coordinator") found.unshift(["desk/desk", "Desk"]);
    for (const room of rooms.values()) {
      // A tab has no space for the round before the names ("Round 2026: Ana, Bo").
      const label = (room.title || room.name).replace(/^[^:]*: +/, "");
      if (room.members.includes(this.user)) found.push([`room/${room.id}`, label]);
    }
    if (places.has("hall/hall")) found.push(["hall/hall", "Hall"]);
    return found;
  }

  postsAt(place) {
    const all = (this.state.places.get(place) ?? []).map((ref) => this.state.posts.get(ref));
    return all.filter((post) => post.only_for === "" || post.only_for === this.user);
  }

  // Whoever turns to a conversation by hand stays there.
  turnTo(place) {
    this.follows = null;
    this.show(place);
  }

  show(place) {
    this.place = place;
    this.drawn.clear();
    this.log.replaceChildren();
    this.update({ whole: false });
  }

  update(view) {
    const account = this.state.accounts.get(this.user);
    if (!account) return;
    if (view.whole) {
      this.drawn.clear();
      this.log.replaceChildren();
    }
    const places = this.placesOf();
    this.choose(places);
    const { panel } = this;
    const atEnd = this.drawn.size === 0 || panel.scrollHeight - panel.scrollTop - panel.clientHeight < 80;
    this.drawWho(account);
    this.drawTabs(places);
    if (this.plays) this.attach.hidden = !this.place.startsWith("direct/");
    const added = this.drawLog(account);
    if (added && atEnd) requestAnimationFrame(() => panel.scrollTo(0, panel.scrollHeight));
  }

  // A screen opens where there is something to read, and follows its player: the answer to what was pressed in one
  // conversation may come in another.
  choose(places) {
    if (!places.some(([place]) => place === this.place)) {
      const busy = places.find(([place]) => this.postsAt(place).length > 0);
      this.place = (busy ?? places[0])[0];
      return;
    }
    const fresh = (place) => this.postsAt(place).length > (this.seen.get(place) ?? 0);
    // Only what comes at once is an answer: what a later hour brings does not take the screen away.
    if (this.follows?.now !== this.state.clock.now || fresh(this.place)) return;
    // Nor is what was unread before: somebody who left it for later is not taken back to it.
    const came = (place) => this.postsAt(place).length > (this.follows.had.get(place) ?? 0);
    const other = places.find(([place]) => place !== "hall/hall" && fresh(place) && came(place));
    if (!other) return;
    this.place = other[0];
    this.follows = null;
    this.drawn.clear();
    this.log.replaceChildren();
  }

  drawWho(account) {
    const { now } = this.state.clock;
    const gone = account.here ? "" : " · has left";
    this.who.replaceChildren(
      face(account),
      make(
        "div",
        {},
        make("h3", { id: `${this.id}-name` }, account.name),
        make("p", {}, `${account.role} · ${when(now, account.zone, "time")} in ${city(account.zone)}${gone}`),
      ),
    );
  }

  drawTabs(places) {
    const tabs = places.map(([place, label]) => {
      const posts = this.postsAt(place);
      if (place === this.place) this.seen.set(place, posts.length);
      return [place, label, posts.length - (this.seen.get(place) ?? 0)];
    });
    // A tab that is replaced between press and release of the mouse would lose the click.
    const drawing = JSON.stringify([this.place, tabs]);
    if (drawing === this.tabsDrawn) return;
    this.tabsDrawn = drawing;
    const drawn = tabs.map(([place, label, fresh]) => {
      const tab = make(
        "button",
        {
          type: "button",
          role: "tab",
          "aria-selected": String(place === this.place),
          "aria-controls": `${this.id}-panel`,
          tabindex: place === this.place ? "0" : "-1",
          "data-place": place,
          onclick: () => this.turnTo(place),
        },
        label,
        fresh > 0 ? make("span", { class: "badge" }, String(fresh), make("span", { class: "hidden" }, " new")) : "",
      );
      tab.addEventListener("keydown", (event) => this.moveTab(event, places));
      return tab;
    });
    const focused = this.tabs.contains(document.activeElement);
    this.tabs.replaceChildren(...drawn);
    if (focused) this.tabs.querySelector("[aria-selected=true]")?.focus();
  }

  moveTab(event, places) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const index = places.findIndex(([place]) => place === this.place);
    this.turnTo(places[(index + step + places.length) % places.length][0]);
  }

  drawLog(account) {
    const seen = {
      user: this.user,
      zone: account.zone,
      plays: this.plays,
      accounts: this.state.accounts,
      press: (post, token, values) => this.press(post, token, values),
    };
    let added = false;
    for (const post of this.postsAt(this.place)) {
      const known = this.drawn.get(post.ref);
      if (known?.post === post) continue;
      const element = message(post, seen);
      if (known) known.element.replaceWith(element);
      else this.log.append(element);
      added ||= !known;
      this.drawn.set(post.ref, { post, element });
    }
    this.root.classList.toggle("empty", this.drawn.size === 0);
    return added;
  }
}
