// faq.js: keep the questions that hold the words typed, and open the one that the address names.
const folded = (text) => text.toLowerCase().normalize("NFD").replace(/[’'-]/g, " ").replace(/[^\p{L}\p{N}\s]/gu, "").split(/\s+/u).join(" ").trim();

for (const form of document.querySelectorAll("[data-faq-search]")) {
  const list = form.parentElement.querySelector("[data-faq-list]");
  const count = form.querySelector("[data-faq-count]");
  const texts = new Map([...list.children].map((one) => [one, ` ${folded(one.textContent)}`]));
  const keep = () => {
    const wanted = folded(form.elements.q.value).split(" ");
    const all = [...list.children];
    const kept = all.filter((one) => wanted.every((word) => texts.get(one).includes(word ? ` ${word}` : "")));
    for (const one of all) one.hidden = !kept.includes(one);
    const told = kept.length === 1 ? count.dataset.one : count.dataset.many.replace("{n}", kept.length);
    count.textContent = kept.length === 0 ? count.dataset.none : form.elements.q.value.trim() ? told : "";
  };
  form.addEventListener("input", keep);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keep();
  });
}

// Browsers that do not open a folded answer by themselves, and links followed on the page itself.
const openNamed = () => {
  const named = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const details = named && named.closest("details");
  if (!details || details.open) return;
  details.open = true;
  named.scrollIntoView();
};
window.addEventListener("hashchange", openNamed);
openNamed();
