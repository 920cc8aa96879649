// leave.js: leave a private page at once: signed out, nothing of it behind the back button.
for (const button of document.querySelectorAll("[data-leave]")) {
  button.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const leave = () => location.replace(button.form.dataset.to);
    fetch(location.href, { method: "POST", body: new FormData(button.form), redirect: "manual", keepalive: true }).then(leave, leave);
  });
}
