// definitions.js: show what a word means beside it, and let the reader put explanations off.
const KEEP = "gravida-explain-words";
const box = document.querySelector("[data-definition-box]");
const said = document.querySelector("[data-definition-said]");
const words = [...document.querySelectorAll("a[data-word]")];
let open = null;

// Whether explanations are on is kept on this device only; where nothing can be kept they are on.
function isOn() {
  try {
    return localStorage.getItem(KEEP) !== "off";
  } catch {
    return true;
  }
}

function keep(on) {
  try {
    if (on) localStorage.removeItem(KEEP);
    else localStorage.setItem(KEEP, "off");
  } catch {
    // The choice then holds until the page is left.
  }
}

function meaning(word) {
  return document.querySelector(`[data-definition="${word.dataset.word}"]`);
}

function place(word) {
  const line = word.getClientRects()[0];
  const gap = 6;
  const width = Math.min(box.offsetWidth, document.documentElement.clientWidth - 2 * gap);
  const left = Math.max(gap, Math.min(line.left, document.documentElement.clientWidth - width - gap));
  const last = [...word.getClientRects()].pop();
  const below = last.bottom + gap;
  const fits = below + box.offsetHeight < window.innerHeight || line.top < box.offsetHeight + gap;
  box.style.left = `${left + window.scrollX}px`;
  box.style.top = `${(fits ? below : line.top - gap - box.offsetHeight) + window.scrollY}px`;
}

function close({ back = false } = {}) {
  if (!open) return;
  const word = open;
  open = null;
  box.hidden = true;
  said.textContent = "";
  word.setAttribute("aria-expanded", "false");
  if (back) word.focus();
}

function show(word) {
  close();
  open = word;
  const text = meaning(word);
  box.querySelector("[data-definition-text]").replaceChildren(...text.cloneNode(true).childNodes);
  box.querySelector("[data-definition-more]").href = word.dataset.entry;
  box.hidden = false;
  word.setAttribute("aria-expanded", "true");
  place(word);
  said.textContent = [...text.children].map((part) => part.textContent).join(": ");
}

function toggle(word) {
  if (open === word) close();
  else show(word);
}

// A word acts as a button; its address stays for whoever opens it in a tab of its own.
function ready(word) {
  word.dataset.entry = word.getAttribute("href");
  word.setAttribute("aria-controls", box.id);
  word.addEventListener("click", (event) => {
    if (!word.hasAttribute("role") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    toggle(word);
  });
  word.addEventListener("keydown", (event) => {
    if (event.key === " " && word.hasAttribute("role")) {
      event.preventDefault();
      toggle(word);
    } else if (event.key === "Tab" && !event.shiftKey && open === word) {
      event.preventDefault();
      box.querySelector("a").focus();
    }
  });
}

function set(on) {
  close();
  document.documentElement.classList.toggle("words-off", !on);
  for (const word of words) {
    if (on) {
      word.setAttribute("role", "button");
      word.href = word.dataset.entry;
      word.setAttribute("aria-expanded", "false");
    } else {
      for (const name of ["role", "href", "aria-expanded"]) word.removeAttribute(name);
    }
  }
  for (const part of document.querySelectorAll("[data-words-switch]")) {
    const button = part.querySelector("button");
    button.setAttribute("aria-checked", String(on));
    const state = part.querySelector("[data-words-state]");
    state.textContent = on ? state.dataset.on : state.dataset.off;
  }
}

if (box && words.length) {
  document.querySelector("main").append(box);
  words.forEach(ready);
  set(isOn());
  for (const part of document.querySelectorAll("[data-words-switch]")) {
    part.hidden = false;
    part.querySelector("button").addEventListener("click", () => {
      const on = !isOn();
      keep(on);
      set(on);
    });
  }
  document.addEventListener("keydown", (event) => event.key === "Escape" && close({ back: true }));
  document.addEventListener("click", (event) => {
    if (open && !box.contains(event.target) && !event.target.closest("a[data-word]")) close();
  });
  // From the box the tabulator leads back to its word, then on.
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    event.preventDefault();
    const word = open;
    if (!event.shiftKey) close();
    word.focus();
  });
  window.addEventListener("resize", () => close());
}
