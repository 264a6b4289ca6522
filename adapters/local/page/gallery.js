// The others: faces to click, and one screen at a time to look into.
import { Screen } from "./screen.js";
import { face, make } from "./words.js";

const $ = (id) => document.getElementById(id);

export class Gallery {
  constructor(state) {
    this.state = state;
    this.user = "";
    this.screen = null;
    this.drawn = "";
    $("look").addEventListener("change", () => this.choose($("look").value));
  }

  others() {
    return [...this.state.accounts.values()].filter((account) => !account.seat);
  }

  choose(value) {
    const [kind, id] = value.split(":");
    const room = kind === "room" ? this.state.rooms.get(id) : null;
    const members = room?.members ?? [];
    // The visitor's own screens are on the page already: look over the other one's shoulder.
    const other = members.find((member) => !this.state.accounts.get(member)?.seat);
    const user = room ? (other ?? members[0] ?? "") : id;
    if (!this.state.accounts.has(user)) return;
    this.user = user;
    this.screen = new Screen(this.state, user, { plays: false });
    $("looking").replaceChildren(this.screen.root);
    this.screen.update({ whole: true });
    if (room) this.screen.show(`room/${room.id}`);
    $("look").value = value;
    this.mark();
  }

  update(view) {
    this.drawChoices();
    const others = this.others();
    if (!this.screen && others.length) this.choose(`account:${others[0].user}`);
    else this.screen?.update(view);
    for (const post of view.whole ? [] : view.posts) {
      const user = post.author || (post.place.startsWith("direct/") ? post.place.slice(7) : "");
      this.face(user)?.classList.add("stirs");
    }
  }

  face(user) {
    return user ? $("faces").querySelector(`[data-user="${CSS.escape(user)}"]`) : null;
  }

  drawChoices() {
    const others = this.others();
    const rooms = [...this.state.rooms.values()];
    const drawn = JSON.stringify([others, rooms]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const people = make("optgroup", { label: "People" }, ...others.map((a) => make("option", { value: `account:${a.user}` }, a.name)));
    const doors = make("optgroup", { label: "Rooms" }, ...rooms.map((r) => make("option", { value: `room:${r.id}` }, r.title || r.name)));
    const chosen = $("look").value;
    $("look").replaceChildren(...[people, doors].filter((group) => group.children.length));
    if (chosen) $("look").value = chosen;
    $("faces").replaceChildren(
      ...others.map((account) => {
        const button = make(
          "button",
          { type: "button", title: account.name, "aria-label": `Look at ${account.name}'s screen`, "data-user": account.user },
          face(account, account.here ? "" : "gone"),
        );
        button.addEventListener("click", () => this.choose(`account:${account.user}`));
        button.addEventListener("animationend", () => button.classList.remove("stirs"));
        return button;
      }),
    );
    this.mark();
  }

  mark() {
    for (const button of $("faces").children) {
      button.setAttribute("aria-pressed", String(button.dataset.user === this.user));
    }
  }
}
