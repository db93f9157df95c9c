/* Passkeys: a form that carries the browser's answer. Its options are in the page; nothing is fetched.

   A browser that knows none never shows the button; the other ways stay. */
"use strict";

(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  const asked = (options) => {
    const key = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
    if (key.user) key.user = { ...key.user, id: bytes(key.user.id) };
    for (const list of ["allowCredentials", "excludeCredentials"]) {
      if (key[list]) key[list] = key[list].map((one) => ({ ...one, id: bytes(one.id) }));
    }
    return { publicKey: key };
  };
  const said = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("button");
    button.hidden = false;
    for (const note of form.querySelectorAll("[data-unable]")) note.hidden = true;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      form.querySelector("[data-refused]").hidden = true;
      try {
        const options = asked(JSON.parse(form.dataset.options));
        const made = form.dataset.passkey === "create" ? await navigator.credentials.create(options) : await navigator.credentials.get(options);
        form.elements.response.value = said(made);
        form.submit();
      } catch {
        form.querySelector("[data-refused]").hidden = false;
        button.disabled = false;
      }
    });
  }
})();
