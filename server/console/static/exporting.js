/* Sends the form of an export and shows how far it is: rows so far of about how many, then the file to keep.

   lines of JSON → the bar and its words → the line that names the file → its bytes → a link

   A browser without this sends the form as ever and waits. Whatever answers otherwise (a page that asks for the factor,
   a reason that says nothing) is shown by sending the form as ever, too. */
"use strict";

(() => {
  const form = document.querySelector("form[data-export]");
  if (!form || !window.ReadableStream || !window.AbortController) return;
  const part = document.getElementById("export-progress");
  const [bar, said, cancel, keep, back] = ["progress", "[data-said]", "[data-cancel]", "[data-keep]", "[data-back]"].map((one) => part.querySelector(one));
  const MEDIA = "application/x-bangban-export";
  const NEWLINE = 10;
  let sending = null;
  let kept = "";

  const words = (name, given = {}) =>
    Object.entries(given).reduce((text, [key, value]) => text.replace(`{${key}}`, value), said.dataset[name] || "");
  const count = (number) => number.toLocaleString("en-US");
  const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
  const tell = (name, given) => {
    const text = words(name, given);
    if (said.textContent !== text) said.textContent = text;
  };
  const show = (state) => {
    part.hidden = false;
    form.hidden = state === "busy" || state === "done";
    bar.hidden = state !== "busy";
    cancel.hidden = state !== "busy";
    keep.hidden = back.hidden = state !== "done";
  };

  const onLine = (line) => {
    if (line.failed) throw new Error("the centre could not write it");
    if (line.name) return tell("fetching", { size: size(line.bytes) });
    if (!line.rows) return tell("preparing");
    if (!line.of) return tell("uncounted", { rows: count(line.rows) });
    bar.max = Math.max(line.of, line.rows);
    bar.value = line.rows;
    return line.rows < line.of ? tell("counting", { rows: count(line.rows), of: count(line.of) }) : tell("packing", { rows: count(line.rows) });
  };

  /* Lines until the one that names the file; from there on bytes, kept as they come. */
  const read = async (answer) => {
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    const bytes = [];
    let rest = new Uint8Array();
    let file = null;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (file) {
        bytes.push(value);
        continue;
      }
      const all = new Uint8Array(rest.length + value.length);
      all.set(rest);
      all.set(value, rest.length);
      let from = 0;
      for (let end = all.indexOf(NEWLINE); end >= 0 && !file; end = all.indexOf(NEWLINE, from)) {
        const line = JSON.parse(decoder.decode(all.subarray(from, end)));
        from = end + 1;
        onLine(line);
        if (line.name) file = line;
      }
      rest = all.slice(from);
      if (file) bytes.push(rest);
    }
    const whole = new Blob(bytes, { type: file ? file.type : "" });
    if (!file || whole.size !== file.bytes) throw new Error("the line broke off");
    return { file, whole };
  };

  const give = ({ file, whole }) => {
    if (kept) URL.revokeObjectURL(kept);
    kept = URL.createObjectURL(whole);
    keep.href = kept;
    keep.download = file.name;
    show("done");
    tell("ready", { name: file.name, size: size(file.bytes) });
    if (file.said) said.textContent = `${file.said} ${said.textContent}`;
    keep.focus();
    keep.click();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    sending = new AbortController();
    bar.removeAttribute("value");
    show("busy");
    tell("preparing");
    cancel.focus();
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "x-progress": "1" },
        signal: sending.signal,
      });
      if (answer.headers.get("content-type") !== MEDIA) {
        sending.abort();
        form.submit();
        return;
      }
      give(await read(answer));
    } catch {
      show("idle");
      tell(sending.signal.aborted ? "cancelled" : "failed");
      form.querySelector("button").focus();
    } finally {
      sending = null;
    }
  });
  cancel.addEventListener("click", () => sending && sending.abort());
})();
