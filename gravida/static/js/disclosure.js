// disclosure.js: buttons that open or close every <details> of a part at once.
for (const part of document.querySelectorAll("[data-disclosures]")) {
  part.querySelector("[data-disclosures-toolbar]").hidden = false;
  const set = (open) => {
    for (const details of part.querySelectorAll("details")) details.open = open;
  };
  part.querySelector("[data-open]").addEventListener("click", () => set(true));
  part.querySelector("[data-close]").addEventListener("click", () => set(false));
}
