// One message: words, and buttons, lists, boxes to tick and places to type that really work.
import { face, make, when } from "./words.js";

let count = 0;

export function message(post, seen) {
  const author = post.author ? seen.accounts.get(post.author) : null;
  const own = post.author !== "" && post.author === seen.user;
  const name = author ? author.name : post.author || "Counterpart";
  const head = make(
    "header",
    {},
    make("strong", {}, own ? "You" : name),
    author ? "" : make("span", { class: "bot" }, "bot"),
    make("time", { datetime: post.at }, when(post.at, seen.zone, "short")),
    post.edited ? make("span", { class: "mark" }, "edited") : "",
  );
  const body = make("div", { class: "body" }, head);
  if (post.only_for) body.append(make("p", { class: "mark" }, "Only visible to this person"));
  if (post.parts.length) body.append(...post.parts.map((part) => show(part, post, seen)));
  else body.append(make("p", { class: "words" }, post.words));
  if (asks(post) && (!post.open || post.pressed.length)) body.append(closing(post));
  const picture = author ? face(author) : make("span", { class: "face is-bot", "aria-hidden": "true" }, "C");
  return make("li", { class: `message${own ? " own" : ""}${post.author ? "" : " from-bot"}`, "data-ref": post.ref }, picture, body);
}

function asks(post) {
  return post.parts.some((part) => part.type === "choices" || part.type === "input");
}

function closing(post) {
  const said = post.pressed.filter(Boolean).join(", ");
  return make("p", { class: "answered" }, said ? `✓ ${said}` : "✓ Answered");
}

function show(part, post, seen) {
  switch (part.type) {
    case "text": {
      // The server made this HTML of Markdown without any HTML of its own in it.
      const words = make("div", { class: "words" });
      words.innerHTML = part.html;
      return words;
    }
    case "link":
      return part.url
        ? make("p", {}, make("a", { href: part.url, target: "_blank", rel: "noopener noreferrer", class: "link" }, part.label))
        : make("p", {}, part.label);
    case "document":
      return make("a", { href: part.url, download: part.label, class: "document" }, part.label);
    case "picture":
      return make("img", { src: part.url, alt: part.label, class: "picture", loading: "lazy" });
    case "choices":
      return post.open ? choices(part, post, seen) : make("span", { class: "hidden" });
    case "input":
      return post.open ? input(part, post, seen) : make("span", { class: "hidden" });
    default:
      return make("span", { class: "hidden" });
  }
}

function choices(part, post, seen) {
  const send = (values) => seen.press(post, part.token, values);
  if (part.shape === "buttons") {
    const buttons = part.options.map((option) =>
      make(
        "button",
        {
          type: "button",
          class: `${option.style} ${part.chosen.includes(option.value) ? "was" : ""}`,
          disabled: !seen.plays,
          onclick: () => send([option.value]),
        },
        option.label,
      ),
    );
    return make("div", { class: "buttons", role: "group", "aria-label": "Answers" }, ...buttons);
  }
  return part.shape === "checks" ? checks(part, seen, send) : list(part, seen, send);
}

function checks(part, seen, send) {
  const boxes = part.options.map((option) => {
    const box = make("input", { type: "checkbox", value: option.value, disabled: !seen.plays });
    box.checked = part.chosen.includes(option.value);
    return [box, make("label", { class: "check" }, box, make("span", {}, option.label))];
  });
  const form = make(
    "form",
    { class: "checks" },
    make("fieldset", {}, make("legend", { class: "hidden" }, "Choose as many as you like"), ...boxes.map(([, label]) => label)),
    make("button", { type: "submit", class: "primary", disabled: !seen.plays }, "Send"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(boxes.filter(([box]) => box.checked).map(([box]) => box.value));
  });
  return form;
}

function list(part, seen, send) {
  const id = `choice-${++count}`;
  const select = make("select", { id, disabled: !seen.plays, required: true }, make("option", { value: "" }, "Choose …"));
  for (const option of part.options) {
    const item = make("option", { value: option.value }, option.label);
    item.selected = part.chosen.includes(option.value);
    select.append(item);
  }
  const label = make("label", { for: id, class: "hidden" }, "Your choice");
  const form = make("form", { class: "row" }, label, select, make("button", { type: "submit", class: "primary", disabled: !seen.plays }, "Send"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (select.value) send([select.value]);
  });
  return form;
}

function input(part, post, seen) {
  const id = `input-${++count}`;
  const long = part.kind === "long";
  const types = { number: "text", date: "date", text: "text" };
  const box = long
    ? make("textarea", { id, rows: 3, disabled: !seen.plays })
    : make("input", { id, type: types[part.kind], inputmode: part.kind === "number" ? "decimal" : false, disabled: !seen.plays, autocomplete: "off" });
  box.value = part.value;
  const form = make(
    "form",
    { class: "typed" },
    make("label", { for: id }, part.label),
    make("div", { class: "row" }, box, make("button", { type: "submit", class: "primary", disabled: !seen.plays }, "Send")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (box.value.trim()) seen.press(post, part.token, [box.value]);
  });
  return form;
}
