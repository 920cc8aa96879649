// counter.js: under a text, how many signs are left; told to a screen reader when she pauses.
for (const field of document.querySelectorAll("textarea[data-counter]")) {
  const shown = document.getElementById(field.dataset.counter);
  let pause;
  const tell = () => {
    const left = Number(field.dataset.most) - field.value.length;
    shown.textContent = (left < 0 ? field.dataset.over : field.dataset.left).replace("{n}", Math.abs(left));
    shown.classList.toggle("over", left < 0);
  };
  tell();
  field.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(tell, 400);
  });
}
