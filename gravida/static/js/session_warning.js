// session_warning.js: warn before a session ends, and lengthen it on a press; what is typed is not touched.
const box = document.querySelector("[data-session-warning]");
const soon = box.querySelector("[data-session-soon]");
const over = box.querySelector("[data-session-over]");
const stay = box.querySelector("[data-session-stay]");
let endsAt = Date.now() + Number(box.dataset.seconds) * 1000;

// Asked anew every few seconds: a sleeping computer stops its timers, not the session's clock.
setInterval(() => {
  const left = (endsAt - Date.now()) / 1000;
  const state = left <= 0 ? "over" : left <= Number(box.dataset.warnSeconds) ? "soon" : "";
  if (box.dataset.state === state) return;
  box.dataset.state = state;
  soon.hidden = state !== "soon";
  stay.hidden = state !== "soon";
  over.hidden = state !== "over";
  box.hidden = state === "";
}, 2000);

stay.addEventListener("click", async () => {
  const answer = await fetch(box.dataset.address, { redirect: "manual" });
  if (answer.status === 204) endsAt = Date.now() + Number(answer.headers.get("X-Session-Seconds")) * 1000;
});
