/* Without a network a form is not sent: the browser would show its own page instead of this one, and what was typed
   would be gone. A line says so until the network is back. */
"use strict";

(() => {
  const line = document.getElementById("offline");
  if (!line) return;
  document.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    line.hidden = false;
    line.scrollIntoView({ block: "center" });
  });
  window.addEventListener("online", () => {
    line.hidden = true;
  });
})();
