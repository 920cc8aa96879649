// keep_typed.js: a link that leads to the same form elsewhere takes along what was typed; one sending at a time.
const form = document.querySelector("form[data-keep-typed]");
const same = (link) => link.pathname.replace(/^\/[a-z]{2}\//, "/") === location.pathname.replace(/^\/[a-z]{2}\//, "/");
for (const link of document.querySelectorAll("a[hreflang], a[data-same-form]")) {
  if (!form || !same(link)) continue;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const keep = document.createElement("input");
    Object.assign(keep, { type: "hidden", name: "show", value: "again" });
    form.append(keep);
    form.action = link.href;
    form.noValidate = true;
    form.submit();
  });
}
form?.addEventListener("submit", (event) => {
  if (form.dataset.sending) event.preventDefault();
  form.dataset.sending = "yes";
});
// The page may come back from the browser's memory by its back button: it can be sent again then.
window.addEventListener("pageshow", () => form && delete form.dataset.sending);
