/* Without a network a form is not sent: the browser would show its own page instead of this one, and what was typed
   would be gone. A line says so until the network is back. A browser may take itself to be offline although the centre
   is on the same machine, so the centre is asked first. */
"use strict";

(() => {
  const line = document.getElementById("offline");
  if (!line) return;
  let reached = false;
  document.addEventListener("submit", async (event) => {
    if (navigator.onLine || reached) return;
    event.preventDefault();
    const { target: form, submitter } = event;
    try {
      await fetch("/console/static/tokens.css", { method: "HEAD", cache: "no-store" });
    } catch {
      line.hidden = false;
      line.scrollIntoView({ block: "center" });
      return;
    }
    reached = true;
    form.requestSubmit(submitter);
    reached = false;
  });
  window.addEventListener("online", () => {
    line.hidden = true;
  });
})();
