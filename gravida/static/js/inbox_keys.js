// inbox_keys.js: single keys for the team's inbox, listed on the page and switched off there.
{
  const shortcuts = document.querySelector("[data-shortcuts]");
  const rows = [...document.querySelectorAll("[data-row]")];
  const keys = new Map();
  for (const target of document.querySelectorAll("[data-key]")) keys.set(target.dataset.key, target);
  const note = document.getElementById("id_note_text");
  if (note) keys.set("n", note);

  const isOn = () => localStorage.getItem("inbox-keys") !== "off";
  const keySwitch = shortcuts.querySelector("[data-switch]");
  const tell = () => {
    keySwitch.textContent = isOn() ? shortcuts.dataset.on : shortcuts.dataset.off;
  };
  shortcuts.hidden = false;
  tell();
  keySwitch.addEventListener("click", () => {
    localStorage.setItem("inbox-keys", isOn() ? "off" : "on");
    tell();
  });

  // From the row that has the focus, or from the first or last one.
  function move(step) {
    const row = document.activeElement.closest("li");
    const here = rows.findIndex((link) => link.closest("li") === row);
    const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step;
    rows[Math.max(0, Math.min(next, rows.length - 1))]?.focus();
  }

  function press(target) {
    if (target.matches("summary")) {
      target.parentElement.open = true;
      target.parentElement.querySelector("input:not([type=hidden])").focus();
    } else if (target.matches("input, textarea, button")) target.focus();
    else target.click();
  }

  document.addEventListener("keydown", (event) => {
    const isTyping = document.activeElement.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
    if (!isOn() || isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
    const isRow = document.activeElement.matches("[data-row]");
    if (event.key === "j" || (isRow && event.key === "ArrowDown")) move(1);
    else if (event.key === "k" || (isRow && event.key === "ArrowUp")) move(-1);
    else if (isRow && event.key === "x") document.activeElement.closest("li").querySelector("[name=chosen]")?.click();
    else if (keys.has(event.key)) press(keys.get(event.key));
    else return;
    event.preventDefault();
  });
}
