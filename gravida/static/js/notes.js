// notes.js: bring private notes to a study's page: pens, offer, list and the way to it.
(() => {
  const { panel, part, show, write } = notePanel;
  const PENS = "gravida-pens";

  const showPens = () => {
    const isOn = noteStore.get(PENS) !== "off";
    part("pens").checked = isOn;
    if (isOn) notePage.showPens(write);
    else notePage.hidePens();
  };
  part("pens").addEventListener("change", (event) => {
    noteStore.put(PENS, event.target.checked ? null : "off");
    showPens();
  });

  // The way to the notes, beside the ways to the other parts of the page.
  const way = document.createElement("a");
  way.href = "#my-notes";
  const item = document.createElement("li");
  item.append(way);
  document.querySelector("[data-section-nav] ul")?.append(item);
  document.addEventListener("notes-shown", (event) => {
    way.textContent = `${panel.querySelector("h2").textContent} (${event.detail})`;
  });

  panel.hidden = false;
  showPens();
  notePage.offerOnSelection(write);
  show();
  if (location.hash === "#my-notes") panel.scrollIntoView();
})();
