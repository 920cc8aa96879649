// notes_begin.js: fetch private notes as soon as somebody reads on, or at once where some are kept already.
(() => {
  const panel = document.querySelector("[data-notes]");
  const SIGNS_OF_READING = ["scroll", "pointerdown", "pointermove", "keydown", "focusin", "selectionchange"];

  const hasSome = () => {
    try {
      return ["notes", "draft"].some((name) => localStorage.getItem(`gravida-${name} ${panel.dataset.study}`) !== null);
    } catch {
      return false;
    }
  };

  const begin = () => {
    for (const sign of SIGNS_OF_READING) document.removeEventListener(sign, begin);
    for (const address of panel.dataset.scripts.split(" ")) {
      const script = document.createElement("script");
      script.src = address;
      script.async = false; // each needs those before it
      document.head.append(script);
    }
  };

  if (hasSome() || location.hash === "#my-notes") begin();
  else for (const sign of SIGNS_OF_READING) document.addEventListener(sign, begin, { passive: true });
})();
