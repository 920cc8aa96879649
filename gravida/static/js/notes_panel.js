// notes_panel.js: the list of notes in the order of the page: shown, edited, deleted and brought back.
globalThis.notePanel = (() => {
  const UNDO_MS = 10_000;
  const panel = notePage.panel;
  const part = (name) => panel.querySelector(`[data-${name}]`);
  const chosen = new Set();
  const store = noteStore.of(panel.dataset.study, (how) => show(how));
  let standings = [];
  let undo = null;

  const say = (name, values = {}) => {
    let words = part("status").dataset[name];
    for (const [key, value] of Object.entries(values)) words = words.replace(`{${key}}`, value);
    part("status").textContent = words;
  };

  const kindName = (kind) => panel.querySelector(`[data-editor] .kind-${kind} [data-name]`).textContent;

  const rank = ({ section, start }) => noteText.sections().indexOf(section) * 1e7 + start;

  const row = ({ note, state, range }) => {
    const item = part("note").content.firstElementChild.cloneNode(true);
    const at = (name) => item.querySelector(`[data-${name}]`);
    item.id = `note-${note.id}`;
    item.tabIndex = -1;
    at("kind").textContent = kindName(note.kind);
    at("kind").classList.add(`kind-${note.kind}`);
    at("section").textContent = note.section_name;
    at("quote").textContent = state === "drifted" && range ? range.toString() : note.target[0].exact;
    at("text").textContent = note.text;
    at("drifted").hidden = state !== "drifted";
    at("old").textContent = note.target[0].exact;
    at("other-language").hidden = !(state === "gone" && note.language !== panel.dataset.language);
    at("choose").checked = chosen.has(note.id);
    at("choose").setAttribute("aria-label", `${kindName(note.kind)}: ${notePage.short(note.text || note.target[0].exact)}`);
    at("choose").addEventListener("change", (event) => choose(note.id, event.target.checked));
    at("jump").hidden = !range;
    at("jump").addEventListener("click", () => notePage.jump(range));
    at("edit").addEventListener("click", (event) => noteEditor.open(note, event.target));
    at("delete").addEventListener("click", () => remove(note));
    at("ask-one")?.addEventListener("click", () => noteSend.ask([note]));
    return item;
  };

  const show = (how = store.how()) => {
    const notes = store.all();
    for (const id of [...chosen]) if (!notes.some((note) => note.id === id)) chosen.delete(id);
    standings = noteText.standings(notes);
    const here = standings.filter(({ state }) => state !== "gone").sort((one, other) => rank(one) - rank(other));
    const gone = standings.filter(({ state }) => state === "gone");
    part("list").replaceChildren(...here.map(row));
    part("gone-list").replaceChildren(...gone.map(row));
    part("gone").hidden = !gone.length;
    part("empty").hidden = notes.length > 0;
    part("tools").hidden = part("with-chosen").hidden = !notes.length;
    part("trouble").hidden = how === "kept";
    part("trouble").textContent = part("trouble").dataset[how] ?? "";
    notePage.mark(here);
    showDraft();
    document.dispatchEvent(new CustomEvent("notes-shown", { detail: notes.length }));
  };

  const showDraft = () => {
    const begun = noteEditor.draft();
    part("draft").hidden = !begun;
  };

  const choose = (id, isChosen) => {
    if (isChosen) chosen.add(id);
    else chosen.delete(id);
    document.dispatchEvent(new Event("notes-chosen"));
  };

  const write = (target, origin) => {
    if (!target) return say("noWords");
    const { language, version } = panel.dataset;
    return noteEditor.open({ id: noteStore.newId(), made_at: new Date().toISOString(), language, version, ...target }, origin);
  };

  const remove = (note) => {
    store.remove(note.id);
    say("deleted");
    clearTimeout(undo?.timer);
    undo = { note, timer: setTimeout(endUndo, UNDO_MS) };
    part("undo-bar").hidden = false;
    part("undo").focus();
  };

  // Not taken away from under somebody's focus: ten seconds at least.
  const endUndo = () => {
    if (document.activeElement === part("undo")) {
      undo.timer = setTimeout(endUndo, UNDO_MS);
      return;
    }
    part("undo-bar").hidden = true;
    undo = null;
  };

  part("undo").addEventListener("click", () => {
    const { note, timer } = undo;
    clearTimeout(timer);
    part("undo-bar").hidden = true;
    undo = null;
    store.keep(note);
    say("back");
    document.getElementById(`note-${note.id}`).focus();
  });

  noteEditor.onKeep((note) => {
    const isNew = !store.all().some((one) => one.id === note.id);
    if (isNew && store.isFull()) return false;
    if (note.text || note.target[0].exact) store.keep(note);
    say("kept");
    return true;
  });
  document.addEventListener("note-closed", showDraft);
  part("go-on").addEventListener("click", (event) => noteEditor.open(noteEditor.draft(), event.target));
  part("discard").addEventListener("click", () => {
    noteEditor.forgetDraft();
    showDraft();
    panel.querySelector("h2").focus();
  });
  part("choose-all").addEventListener("click", () => {
    for (const { note } of standings) chosen.add(note.id);
    document.dispatchEvent(new Event("notes-chosen"));
    show();
  });
  const chosenNotes = () => standings.filter(({ note }) => chosen.has(note.id)).map(({ note }) => note);

  return { panel, part, store, say, show, write, chosenNotes, kindName, inOrder: () => [...part("list").children, ...part("gone-list").children].map((item) => store.all().find((note) => `note-${note.id}` === item.id)) };
})();
