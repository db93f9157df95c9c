/* Hears that a page has news and fetches it, unless somebody is typing: then a line says so and nothing moves.

   stream → "news" or "others" → an event on the part that is concerned → htmx fetches that part

   A hidden page closes its stream: a browser has few connections, and nobody is looking. */
"use strict";

(() => {
  const line = document.getElementById("news");
  if (!line || !window.EventSource) return;
  const EVERY_MS = 5000;
  let stream = null;
  let lastAt = 0;
  let waiting = 0;
  let wasOpen = false;

  const part = () => document.getElementById("live");

  /* Typed, ticked, chosen, opened or about to be: all of it would be gone with a new part. */
  const isChanged = (one) => {
    if (one.type === "checkbox" || one.type === "radio") return one.checked !== one.defaultChecked;
    if (one.tagName === "SELECT") return [...one.options].some((option) => option.selected !== option.defaultSelected && option.index > 0);
    return one.type !== "hidden" && one.value !== one.defaultValue;
  };
  const isBusy = () => {
    const live = part();
    if (!live || line.dataset.byHand !== undefined || !window.htmx) return true;
    if (live.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) return true;
    if (live.querySelector("details[open]")) return true;
    return [...live.querySelectorAll("input, textarea, select")].some(isChanged);
  };

  /* What had the keyboard is there again in a new part: where it leads, which step or form it is of, what it says. */
  const sameAs = (held) => {
    const signs = (one) => [
      one.getAttribute("href"),
      one.closest("details")?.id,
      one.closest("form")?.getAttribute("action"),
      one.textContent.trim(),
    ];
    const told = signs(held).join("\n");
    const link = held.getAttribute("href");
    return (one) => (link ? one.getAttribute("href") === link : signs(one).join("\n") === told);
  };

  const refresh = () => {
    waiting = 0;
    if (isBusy()) {
      line.hidden = false;
      return;
    }
    lastAt = Date.now();
    const held = document.activeElement && part().contains(document.activeElement) ? document.activeElement : null;
    if (held) {
      const same = sameAs(held);
      /* Other parts of the page settle as well: what counts is that this one is gone. */
      const settled = () => {
        if (held.isConnected) return;
        document.body.removeEventListener("htmx:afterSettle", settled);
        const again = [...part().querySelectorAll(held.tagName)].find(same);
        if (again && document.activeElement === document.body) again.focus({ preventScroll: true });
      };
      document.body.addEventListener("htmx:afterSettle", settled);
    }
    line.hidden = true;
    window.htmx.trigger(part(), "bangban:news");
  };
  const onNews = () => {
    if (!waiting) waiting = setTimeout(refresh, Math.max(0, lastAt + EVERY_MS - Date.now()));
  };
  const onOthers = () => {
    const others = document.getElementById("others");
    if (others && window.htmx) window.htmx.trigger(others, "bangban:others");
  };

  const open = () => {
    if (stream || document.hidden) return;
    /* What the page shows now is named by its part, which a refresh brings anew. */
    stream = new EventSource(part().dataset.stream);
    stream.addEventListener("news", onNews);
    stream.addEventListener("others", onOthers);
    stream.addEventListener("open", () => {
      if (wasOpen) {
        onNews();
        onOthers();
      }
      wasOpen = true;
    });
  };
  const close = () => {
    if (stream) stream.close();
    stream = null;
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", open);
  open();
})();
