// notes_editor.js: the window in which a note is written; what is typed is kept at every key until it is done.
globalThis.noteEditor = (() => {
  const dialog = document.querySelector("[data-editor]");
  const field = dialog.querySelector("[data-editor-text]");
  const left = dialog.querySelector("#note-left");
  const most = dialog.querySelector("[data-most]");
  const draftKey = `gravida-draft ${document.querySelector("[data-notes]").dataset.study}`;
  let note = null; // what is being written
  let origin = null; // where the focus goes back to
  let kept = () => {};
  let unkeptDraft = null; // where the browser cannot keep it

  const kind = () => dialog.querySelector("input[name=kind]:checked").value;
  const over = () => field.value.length - noteStore.MOST_SIGNS;

  const tell = () => {
    const n = over();
    left.textContent = (n > 0 ? left.dataset.over : left.dataset.left).replace("{n}", Math.abs(n));
    left.classList.toggle("over", n > 0);
  };

  const saveDraft = () => {
    unkeptDraft = { ...note, text: field.value, kind: kind() };
    noteStore.put(draftKey, JSON.stringify(unkeptDraft));
  };

  const forgetDraft = () => {
    unkeptDraft = null;
    noteStore.put(draftKey, null);
  };

  // What was begun and not kept, as a note; null where there is nothing. Its text may be too long to keep.
  const draft = () => {
    try {
      const begun = unkeptDraft ?? JSON.parse(noteStore.get(draftKey) ?? "null");
      return typeof begun?.target?.[0]?.exact === "string" ? begun : null;
    } catch {
      return null;
    }
  };

  const open = (wanted, from) => {
    note = wanted;
    origin = from;
    field.value = wanted.text ?? "";
    dialog.querySelector("[data-editor-quote]").textContent = wanted.target[0].exact;
    dialog.querySelector(`input[name=kind][value="${wanted.kind ?? "note"}"]`).checked = true;
    most.hidden = true;
    tell();
    dialog.showModal();
    field.focus();
  };

  const back = () => {
    if (origin?.isConnected) origin.focus();
    else document.querySelector("#my-notes-h").focus({ preventScroll: true });
  };

  const keep = () => {
    if (over() > 0) {
      tell();
      return field.focus();
    }
    const done = kept({ ...note, text: field.value.trim(), kind: kind() });
    if (!done) {
      most.hidden = false;
      return field.focus();
    }
    forgetDraft();
    dialog.close();
    return back();
  };

  let pause;
  dialog.addEventListener("input", () => {
    saveDraft();
    clearTimeout(pause);
    pause = setTimeout(tell, 300);
  });
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    keep();
  });
  // Ctrl+Enter keeps, as in mail programs.
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) keep();
  });
  dialog.querySelector("[data-later]").addEventListener("click", () => {
    dialog.close();
    back();
  });
  dialog.addEventListener("close", () => document.dispatchEvent(new Event("note-closed")));

  return { open, draft, forgetDraft, onKeep: (act) => (kept = act) };
})();
