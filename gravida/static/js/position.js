// position.js: fill the place with the visitor's position, only when she presses the button.
for (const offer of document.querySelectorAll("[data-position]")) {
  const field = document.getElementById(offer.dataset.field);
  if (!field || !("geolocation" in navigator)) continue;
  offer.hidden = false;
  const answer = offer.querySelector("[role=status]");
  offer.querySelector("button").addEventListener("click", () => {
    answer.textContent = "…";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        // Two decimals are about a kilometre: enough for a distance, too little for an address.
        field.value = `${coords.latitude.toFixed(2)}, ${coords.longitude.toFixed(2)}`;
        answer.textContent = "";
        field.form.requestSubmit();
      },
      () => {
        answer.textContent = offer.dataset.refused;
        field.focus();
      },
      { maximumAge: 600000, timeout: 10000 },
    );
  });
}
