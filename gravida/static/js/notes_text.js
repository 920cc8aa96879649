// notes_text.js: the words of a section as one text, and stretches of it as ranges of the page and back.
globalThis.noteText = (() => {
  // Buttons and marks of ours, what is typed, and what is only shown on demand are no words of the text.
  const NOT_TEXT = "[data-not-noted], button, select, textarea, script, style, template, .unseen";

  const sections = () => [...document.querySelectorAll("[data-note-section]")];

  const nodesOf = (section) => {
    const walker = document.createTreeWalker(section, NodeFilter.SHOW_TEXT, {
      acceptNode: (node) => (node.parentElement.closest(NOT_TEXT) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT),
    });
    const nodes = [];
    let start = 0;
    while (walker.nextNode()) {
      nodes.push({ node: walker.currentNode, start });
      start += walker.currentNode.data.length;
    }
    return nodes;
  };

  const joined = (nodes) => nodes.map(({ node }) => node.data).join("");
  const textOf = (section) => joined(nodesOf(section));

  const rangeOf = (nodes, start, end) => {
    const range = document.createRange();
    const holding = (position) => nodes.findLast((one) => one.start <= position);
    const [first, last] = [holding(start), holding(end - 1)];
    if (!first || !last) return null;
    range.setStart(first.node, start - first.start);
    range.setEnd(last.node, Math.min(last.node.data.length, end - last.start));
    return range;
  };

  // The section that holds the whole range, with the position of both ends in its text; null where none does.
  const placeOf = (range) => {
    const holder = range.commonAncestorContainer;
    const section = (holder.nodeType === Node.TEXT_NODE ? holder.parentElement : holder).closest("[data-note-section]");
    if (!section) return null;
    let [start, end] = [null, 0];
    for (const { node, start: at } of nodesOf(section)) {
      if (!range.intersectsNode(node)) continue;
      const from = node === range.startContainer ? range.startOffset : 0;
      const to = node === range.endContainer ? range.endOffset : node.data.length;
      if (to <= from) continue;
      start ??= at + from;
      end = at + to;
    }
    return start === null ? null : { section, start, end };
  };

  // The selectors of a range, as a note keeps them; null where it holds no words of one section.
  const targetOf = (range) => {
    const place = placeOf(range);
    const found = place && noteAnchors.describe(textOf(place.section), place.start, place.end);
    if (!found) return null;
    const { exact, prefix, suffix, start, end } = found;
    return {
      section: place.section.dataset.noteSection,
      section_name: (place.section.querySelector("h2, h3")?.textContent ?? "").trim(),
      target: [
        { type: "TextQuoteSelector", exact, prefix, suffix },
        { type: "TextPositionSelector", start, end },
      ],
    };
  };

  const isOf = (note, section) => (section.dataset.noteSection === note.section ? 1 : 0);

  // Places that were looked for before, by note and section: asked again only when text or target has changed.
  const looked = new Map();
  const lookFor = (note, section, text) => {
    const key = `${note.id} ${section.dataset.noteSection}`;
    const target = JSON.stringify(note.target);
    const before = looked.get(key);
    if (before?.text === text && before.target === target) return before.found;
    const [quote, position] = note.target;
    const selector = { ...quote, start: position.start, end: position.end };
    const found = noteAnchors.find(text, selector, { onlySame: !isOf(note, section) });
    looked.set(key, { text, target, found });
    return found;
  };

  // Where notes stand on this page now: each in its own section, or, for the same words, in any other.
  const standings = (notes) => {
    const parts = sections().map((section) => {
      const nodes = nodesOf(section);
      return { section, nodes, text: joined(nodes) };
    });
    return notes.map((note) => {
      for (const { section, nodes, text } of [...parts].sort((one, other) => isOf(note, other.section) - isOf(note, one.section))) {
        const found = lookFor(note, section, text);
        if (found.state !== "gone") return { note, ...found, section, range: rangeOf(nodes, found.start, found.end) };
      }
      return { note, state: "gone" };
    });
  };

  return { sections, targetOf, standings };
})();
