// notes_files.js: notes as files and on paper, brought from another device, and deleted all at once.
(() => {
  const { panel, part, store, say, inOrder, kindName } = notePanel;

  const save = (name, type, words) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([words], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };

  const asText = (note) => [`[${kindName(note.kind)}] ${note.section_name}`, `« ${note.target[0].exact} »`, note.text].filter(Boolean).join("\n");

  const EXPORTS = {
    txt: (study) => [panel.dataset.title, study, "", ...inOrder().map((note) => `${asText(note)}\n`)].join("\n"),
    json: (study) => JSON.stringify({ version: 1, study, notes: inOrder() }, null, 2),
  };
  const TYPES = { txt: "text/plain;charset=utf-8", json: "application/json" };

  for (const button of panel.querySelectorAll("[data-export]")) {
    const { export: form } = button.dataset;
    // Its name says nothing of what it holds.
    button.addEventListener("click", () => save(`notes.${form}`, TYPES[form], EXPORTS[form](panel.dataset.study)));
  }

  part("import").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    const written = file.size <= 4_000_000 ? await file.text() : "";
    const notes = noteStore.parse(written);
    event.target.value = "";
    if (!notes.length) return say("noFile");
    const { study } = JSON.parse(written);
    if (study !== panel.dataset.study) return say("otherStudy", { study: String(study).slice(0, 20) });
    const { added, leftOut } = store.add(notes);
    say(leftOut ? "leftOut" : "added", { n: leftOut || added });
  });

  part("print-notes").addEventListener("click", () => {
    document.body.classList.add("printing-notes");
    addEventListener("afterprint", () => document.body.classList.remove("printing-notes"), { once: true });
    print();
  });

  const sure = part("sure");
  part("delete-all").addEventListener("click", () => sure.showModal());
  sure.addEventListener("close", () => {
    if (sure.returnValue !== "yes") return part("delete-all").focus();
    sure.returnValue = "";
    noteEditor.forgetDraft();
    store.removeAll();
    say("allDeleted");
    return panel.querySelector("h2").focus();
  });
})();
