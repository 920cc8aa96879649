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

  const textOf = (section) => nodesOf(section).map(({ node }) => node.data).join("");

  const rangeOf = (section, start, end) => {
    const range = document.createRange();
    const nodes = nodesOf(section);
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

  // Where a note stands on this page now: its section first, then, for the same words, every other.
  const standing = (note) => {
    const [quote, position] = note.target;
    const selector = { ...quote, start: position.start, end: position.end };
    let gone = { state: "gone" };
    for (const section of sections().sort((one, other) => isOf(note, other) - isOf(note, one))) {
      const found = noteAnchors.find(textOf(section), selector);
      const isHere = found.state === "ok" || (found.state === "drifted" && isOf(note, section));
      if (isHere) return { ...found, section, range: rangeOf(section, found.start, found.end) };
      gone = { state: "gone" };
    }
    return gone;
  };

  const isOf = (note, section) => (section.dataset.noteSection === note.section ? 1 : 0);

  return { sections, textOf, rangeOf, targetOf, standing };
})();
