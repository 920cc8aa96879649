// notes_page.js: pens beside paragraphs, the offer near a selection, and marks where notes stand in the text.
globalThis.notePage = (() => {
  const PARAGRAPHS = "p, li, dd, pre";
  // What is typed or pressed, and small print about a text: nobody notes those.
  const NO_PARAGRAPHS = "form, nav, dialog, [data-not-noted], .toolbar, .notice, p.small";
  const MOST_WORDS = 60; // signs of a paragraph that name its pen
  const offer = document.querySelector("[data-note-offer]");
  const penTemplate = document.querySelector("[data-pen-template]");
  const markTemplate = document.querySelector("[data-mark-template]");
  const panel = document.querySelector("[data-notes]");

  const short = (words) => {
    const line = words.replace(/\s+/g, " ").trim();
    return line.length > MOST_WORDS ? `${line.slice(0, MOST_WORDS)}…` : line;
  };

  const wordsOf = (paragraph) => [...paragraph.childNodes].filter((node) => !node.matches?.("ul, ol")).map((node) => node.textContent).join("");

  // What a paragraph's pen notes: its own words, without lists under it.
  const rangeOfParagraph = (paragraph) => {
    const range = document.createRange();
    range.selectNodeContents(paragraph);
    const inner = paragraph.querySelector(":scope > ul, :scope > ol, :scope > [data-not-noted]");
    if (inner) range.setEndBefore(inner);
    return range;
  };

  const paragraphs = () =>
    noteText.sections().flatMap((section) =>
      [...section.querySelectorAll(PARAGRAPHS)].filter(
        (one) => !one.closest(NO_PARAGRAPHS) && !one.querySelector("p") && wordsOf(one).trim().length > 2,
      ),
    );

  const showPens = (write) => {
    for (const [place, paragraph] of paragraphs().entries()) {
      if (paragraph.dataset.pen) continue;
      paragraph.id ||= `${paragraph.closest("[data-note-section]").dataset.noteSection}-${place + 1}`;
      paragraph.dataset.pen = "yes";
      const pen = penTemplate.content.firstElementChild.cloneNode(true);
      pen.setAttribute("aria-label", pen.dataset.name.replace("{words}", short(wordsOf(paragraph))));
      pen.addEventListener("click", () => write(noteText.targetOf(rangeOfParagraph(paragraph)), pen));
      paragraph.insertBefore(pen, paragraph.querySelector(":scope > ul, :scope > ol"));
    }
  };

  const hidePens = () => {
    for (const pen of document.querySelectorAll(".note-pen")) {
      delete pen.parentElement.dataset.pen;
      pen.remove();
    }
  };

  // Near the end of the selection, inside the window, below it so that the phone's own menu stays free.
  const place = (range) => {
    const box = [...range.getClientRects()].at(-1) ?? range.getBoundingClientRect();
    const width = document.documentElement.clientWidth;
    offer.hidden = false;
    const left = Math.min(Math.max(8, box.right - offer.offsetWidth / 2), width - offer.offsetWidth - 8);
    const below = box.bottom + 10;
    const top = below + offer.offsetHeight > innerHeight ? box.top - offer.offsetHeight - 10 : below;
    offer.style.left = `${left + scrollX}px`;
    offer.style.top = `${Math.max(8, top) + scrollY}px`;
  };

  const offerOnSelection = (write) => {
    let selected = null;
    let pause;
    const look = () => {
      const selection = getSelection();
      const range = selection.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null;
      const target = range && noteText.targetOf(range);
      if (target) {
        selected = target;
        place(range);
      } else if (document.activeElement !== offer) offer.hidden = true;
    };
    document.addEventListener("selectionchange", () => {
      clearTimeout(pause);
      pause = setTimeout(look, 200);
    });
    // A press of the offer must not first take the selection away.
    offer.addEventListener("pointerdown", (event) => event.preventDefault());
    offer.addEventListener("blur", () => (offer.hidden = getSelection().isCollapsed));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") offer.hidden = true;
    });
    offer.addEventListener("click", () => {
      offer.hidden = true;
      getSelection().removeAllRanges();
      write(selected, null);
    });
  };

  // Underlined where the browser can do so without touching the text; a sign beside it everywhere.
  const mark = (standings) => {
    for (const old of document.querySelectorAll(".note-mark")) old.remove();
    globalThis.CSS?.highlights?.clear();
    const here = standings.filter(({ range }) => range);
    for (const { note, range } of here) {
      const end = range.endContainer.parentElement;
      const paragraph = end.closest(PARAGRAPHS) ?? end;
      const sign = markTemplate.content.firstElementChild.cloneNode(true);
      sign.href = `#note-${note.id}`;
      sign.classList.add(`kind-${note.kind}`);
      sign.setAttribute("aria-label", sign.dataset.name.replace("{words}", short(note.text || note.target[0].exact)));
      paragraph.insertBefore(sign, paragraph.querySelector(":scope > ul, :scope > ol"));
    }
    if (here.length && globalThis.Highlight) CSS.highlights.set("notes", new Highlight(...here.map(({ range }) => range)));
  };

  const jump = (range) => {
    let holder = range.startContainer.parentElement;
    for (let folded = holder.closest("details:not([open])"); folded; folded = folded.parentElement.closest("details:not([open])")) folded.open = true;
    holder = holder.closest(PARAGRAPHS) ?? holder;
    holder.tabIndex = -1;
    holder.focus({ preventScroll: true });
    holder.scrollIntoView({ block: "center" });
    holder.classList.add("noted-here");
    setTimeout(() => holder.classList.remove("noted-here"), 3000);
  };

  return { panel, short, showPens, hidePens, offerOnSelection, mark, jump };
})();
