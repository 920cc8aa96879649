// keep_typed.js: what was typed into a message survives a change of language, the back button and a reload.
// It stays in this tab only, for half an hour, and is forgotten as soon as the message is sent.
const NAME = "typed-message";
const LIVES_MS = 30 * 60 * 1000;
const STOPS_DOUBLE_CLICKS_MS = 3000;
const form = document.querySelector("form[data-keep-typed]");

const fields = () => [...form.elements].filter((field) => field.name && !field.closest(".not-for-people") && field.dataset.ours === undefined);

const save = () => {
  const typed = fields().map((field) => [field.name, field.value, field.checked ?? null]);
  sessionStorage.setItem(NAME, JSON.stringify({ at: Date.now(), where: form.dataset.keepTyped, typed }));
};

const restore = () => {
  const kept = JSON.parse(sessionStorage.getItem(NAME) ?? "null");
  if (!kept || kept.where !== form.dataset.keepTyped || Date.now() - kept.at > LIVES_MS) return;
  for (const [name, value, checked] of kept.typed) {
    for (const field of fields().filter((one) => one.name === name)) {
      const isBox = field.type === "checkbox" || field.type === "radio";
      // What the address ticked, as a question to the team, stays ticked beside what was ticked before.
      if (isBox && field.value === value) field.checked = checked || (field.type === "checkbox" && field.defaultChecked);
      if (!isBox && !field.value) field.value = value;
    }
  }
};

if (document.querySelector("[data-forget-typed]")) sessionStorage.removeItem(NAME);
if (form) {
  // A page that answers a sending is filled by the server; reloading it, or coming back, must not send again.
  if (form.dataset.isFilled === undefined) restore();
  else history.replaceState(null, "", location.href);
  if (fields().some((field) => field.type === "checkbox" && field.defaultChecked)) save();
  form.addEventListener("input", save);
  form.addEventListener("change", save);
  if (form.dataset.isFilled !== undefined) save();
  form.addEventListener("submit", (event) => {
    if (form.dataset.sending) event.preventDefault();
    form.dataset.sending = "yes";
    // Whoever stops a slow sending must be able to press again; sent twice it is one message.
    setTimeout(() => delete form.dataset.sending, STOPS_DOUBLE_CLICKS_MS);
  });
  // The page may come back from the browser's memory by its back button: it can be sent again then.
  window.addEventListener("pageshow", () => delete form.dataset.sending);
}
