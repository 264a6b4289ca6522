// How the page asks for things, and tells the visitor when that did not work.
const $ = (id) => document.getElementById(id);
let timer = 0;

export function notice(text, bad = false) {
  const box = $("notice");
  box.textContent = text;
  box.classList.toggle("bad", bad);
  box.classList.toggle("shown", text !== "");
  clearTimeout(timer);
  if (text && !bad) timer = setTimeout(() => notice(""), 5000);
  if (text && bad) timer = setTimeout(() => notice(""), 12000);
}

export async function ask(what, body) {
  try {
    const answer = await fetch(`/${what}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const told = await answer.json();
    if (!answer.ok) notice(told.error ?? "That did not work.", true);
    return answer.ok;
  } catch {
    notice("The playground does not answer. Is it still running? This page comes back by itself.", true);
    return false;
  }
}
