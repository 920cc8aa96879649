// notes_send.js: chosen notes on their way to the team's message, or as a sealed copy behind a link; links so far.
globalThis.noteSend = (() => {
  const MOST_SIGNS = 20_000;
  const { panel, part, chosenNotes } = notePanel;
  const form = part("share").querySelector("form");
  const linksBox = part("links-box");
  const ownPage = linksBox.querySelector("form");
  const field = (name) => form.elements.namedItem(name);

  // The message's page reads them from this browser; they are sent only when she ticks them there.
  const ask = (notes) => {
    noteStore.put(`gravida-ask ${panel.dataset.study}`, JSON.stringify(notes.map((note) => note.id)));
    location.assign(panel.dataset.ask);
  };
  part("ask-chosen")?.addEventListener("click", () => {
    const notes = chosenNotes();
    if (notes.length) ask(notes);
    else showNone(true);
  });

  const showNone = (isShown) => {
    part("none-chosen").hidden = !isShown;
    if (isShown) part("none-chosen").scrollIntoView({ block: "center" });
  };

  const count = () => {
    const n = chosenNotes().length;
    const line = part("chosen-count");
    line.textContent = line.dataset.text.replace("{n}", n);
    if (n) showNone(false);
  };
  document.addEventListener("notes-chosen", count);
  document.addEventListener("notes-shown", count);

  // As the server counts: section, quote and text; name and title come to it, a few hundred at most.
  const signs = (notes) => notes.reduce((sum, note) => sum + note.section.length + note.quote.length + note.text.length, 0);

  // Whether something stands in the way; said beside the button.
  const isHeldUp = (notes, key) => {
    const n = signs(notes);
    part("no-key").hidden = Boolean(key);
    part("too-long").hidden = n <= MOST_SIGNS;
    part("too-long").textContent = part("too-long").dataset.text.replace("{n}", n);
    showNone(!notes.length);
    return !key || n > MOST_SIGNS || !notes.length;
  };

  form.addEventListener("submit", (event) => {
    const notes = chosenNotes().map((note) => ({ section: note.section_name, quote: note.target[0].exact, text: note.text }));
    const key = notes.length ? noteStore.ownerKey({ make: true }) : "";
    if (isHeldUp(notes, notes.length ? key : "none needed")) return event.preventDefault();
    field("notes").value = JSON.stringify(notes);
    field("owner").value = key;
    // One link for one press, however often the page is sent again.
    field("form").value ||= noteStore.newId();
    return undefined;
  });
  addEventListener("pageshow", () => (field("form").value = ""));

  // The list comes as the page of links shows it, so that both say the same.
  const load = async (body) => {
    const answer = await fetch(panel.dataset.links, { method: "POST", body, referrerPolicy: "no-referrer" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const list = page.querySelector("[data-shared-links]");
    if (!list) throw new Error("no list");
    part("links-list").replaceChildren(document.importNode(list, true));
    part("links-trouble").hidden = true;
  };

  const refresh = async (body) => {
    body.set("owner", noteStore.ownerKey() ?? "");
    try {
      await load(new URLSearchParams(body));
    } catch {
      part("links-trouble").hidden = false;
    }
  };

  linksBox.addEventListener("toggle", () => linksBox.open && refresh(new FormData()));
  part("links-list").addEventListener("submit", async (event) => {
    event.preventDefault();
    await refresh(new FormData(event.target, event.submitter));
    part("links-list").querySelector("button")?.focus();
  });
  ownPage.addEventListener("submit", () => (ownPage.elements.owner.value = noteStore.ownerKey() ?? ""));
  part("show-key").addEventListener("click", () => {
    part("key").textContent = noteStore.ownerKey() ?? "";
    part("key-line").hidden = false;
  });
  const showLinks = () => (linksBox.hidden = !noteStore.ownerKey());
  showLinks();
  addEventListener("pageshow", showLinks);

  return { ask };
})();
