// notes_store.js: notes kept by this browser, on this device only; two tabs agree, and nothing typed is lost.
globalThis.noteStore = (() => {
  const MOST_NOTES = 100;
  const MOST_SIGNS = 2000;
  const KINDS = ["note", "question", "important", "good"];

  const newId = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };

  const text = (value, most) => (typeof value === "string" ? value.slice(0, most) : "");

  // A note as it is kept: of anything that a file or an older version holds, only what has its form.
  const read = (value) => {
    if (typeof value !== "object" || value === null) return null;
    const [quote, position] = Array.isArray(value.target) ? value.target : [];
    const place = (name) => (Number.isInteger(position?.[name]) && position[name] >= 0 ? position[name] : 0);
    const note = {
      id: /^[A-Za-z0-9_-]{43}$/.test(value.id) ? value.id : newId(),
      kind: KINDS.includes(value.kind) ? value.kind : KINDS[0],
      text: text(value.text, MOST_SIGNS),
      made_at: text(value.made_at, 30),
      language: text(value.language, 8),
      version: text(value.version, 80),
      section: text(value.section, 80),
      section_name: text(value.section_name, 200),
      target: [
        { type: "TextQuoteSelector", exact: text(quote?.exact, 1000), prefix: text(quote?.prefix, 32), suffix: text(quote?.suffix, 32) },
        { type: "TextPositionSelector", start: place("start"), end: place("end") },
      ],
    };
    return note.text || note.target[0].exact ? note : null;
  };

  const parse = (written) => {
    try {
      const found = JSON.parse(written ?? "null");
      const notes = Array.isArray(found?.notes) ? found.notes : [];
      return notes.slice(0, MOST_NOTES).map(read).filter(Boolean);
    } catch {
      return [];
    }
  };

  // Where this browser keeps things; null where it refuses.
  const shelf = (() => {
    try {
      localStorage.setItem("gravida-try", "1");
      localStorage.removeItem("gravida-try");
      return localStorage;
    } catch (error) {
      return error.name === "QuotaExceededError" ? localStorage : null;
    }
  })();

  const get = (key) => shelf?.getItem(key) ?? null;
  const put = (key, value) => {
    try {
      if (value === null) shelf?.removeItem(key);
      else shelf?.setItem(key, value);
      return shelf ? "kept" : "blocked";
    } catch {
      return "full";
    }
  };

  // The notes of one study. `changed` is called after each change, of this tab or another, with how it was kept.
  const of = (study, changed) => {
    const key = `gravida-notes ${study}`;
    let unkept = null; // the notes, where the browser could not keep them
    const all = () => unkept ?? parse(get(key));

    const change = (act) => {
      const notes = act(all());
      const how = put(key, notes.length ? JSON.stringify({ version: 1, study, notes }) : null);
      unkept = how === "kept" ? null : notes;
      changed(how);
      return how;
    };

    addEventListener("storage", (event) => {
      if (event.key !== key && event.key !== null) return;
      if (unkept) {
        const known = new Set(unkept.map((note) => note.id));
        unkept = [...unkept, ...parse(get(key)).filter((note) => !known.has(note.id))];
      }
      changed(unkept ? "full" : "kept");
    });

    return {
      all,
      how: () => (shelf ? (unkept ? "full" : "kept") : "blocked"),
      isFull: () => all().length >= MOST_NOTES,
      // A new note, or another text of one; also of one that another tab has deleted meanwhile.
      keep: (note) => change((notes) => [...notes.filter((one) => one.id !== note.id), read(note)].slice(-MOST_NOTES)),
      remove: (id) => change((notes) => notes.filter((note) => note.id !== id)),
      removeAll: () => change(() => []),
      // Notes of a file: those that are not here already; gives how many were left out for want of room.
      add: (more) => {
        const known = new Set(all().map((note) => note.id));
        const fresh = more.filter((note) => !known.has(note.id));
        const room = MOST_NOTES - known.size;
        if (fresh.length) change((notes) => [...notes, ...fresh.slice(0, room)]);
        return { added: Math.min(fresh.length, room), leftOut: Math.max(0, fresh.length - room) };
      },
    };
  };

  // The key by which this device manages its shared links; made when it is needed first.
  const ownerKey = ({ make = false } = {}) => {
    const kept = get("gravida-owner");
    if (kept || !make) return kept;
    const key = newId();
    return put("gravida-owner", key) === "kept" ? key : null;
  };

  return { of, get, put, parse, newId, ownerKey, MOST_NOTES, MOST_SIGNS, KINDS };
})();
