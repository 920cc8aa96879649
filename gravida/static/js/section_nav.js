// section_nav.js: mark, among the anchors of a page, the part that is on screen.
const nav = document.querySelector("[data-section-nav]");
const links = new Map();
for (const link of nav.querySelectorAll("a")) links.set(link.hash.slice(1), link);
const observer = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(entry.target.id).setAttribute("aria-current", "true");
    }
  },
  { rootMargin: "-15% 0px -75% 0px" },
);
for (const id of links.keys()) observer.observe(document.getElementById(id));
