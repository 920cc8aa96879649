// notes_ask.js: on the page of a message, notes that she wants to ask about: shown as text, sent only when ticked.
(() => {
  const box = document.querySelector("[data-asked-notes]");
  const field = box.closest("form").elements.namedItem("notes");
  const text = box.querySelector("[data-asked-text]");
  const key = `gravida-ask ${box.dataset.study}`;
  const parse = (written) => {
    try {
      return JSON.parse(written ?? "null");
    } catch {
      return null;
    }
  };

  const written = () => {
    const wanted = parse(noteStore.get(key));
    const notes = noteStore.parse(noteStore.get(`gravida-notes ${box.dataset.study}`));
    const asked = Array.isArray(wanted) ? notes.filter((note) => wanted.includes(note.id)) : [];
    return asked.map((note) => [`« ${note.target[0].exact} »`, note.text].filter(Boolean).join("\n")).join("\n\n");
  };

  const show = (words) => {
    field.value = words;
    text.textContent = words;
    box.hidden = !words;
    if (!words) box.querySelector("input[type=checkbox]").checked = false;
  };

  // What the server gives back after a mistake is what she saw; else what she chose among her notes.
  const most = Number(box.dataset.most);
  const chosen = written();
  box.querySelector("[data-cut]").hidden = Boolean(field.value) || chosen.length <= most;
  show(field.value || chosen.slice(0, most));
  box.querySelector("[data-not-these]").addEventListener("click", () => {
    noteStore.put(key, null);
    show("");
  });
  // Once sent they have been asked; after a mistake the server gives them back itself.
  field.form.addEventListener("submit", () => noteStore.put(key, null));
})();
