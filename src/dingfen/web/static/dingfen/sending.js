// A form is sent once: a second click while the server thinks would enter the same thing twice.

const PATIENCE = 8000; // then somebody may try again: the line was lost, or the answer was a file

const sent = new WeakMap(); // form: what will free it

function free(form) {
  clearTimeout(sent.get(form));
  sent.delete(form);
  form.removeAttribute("aria-busy");
}

// At the window, after everybody who may stop a form from being sent (htmx, the desk, a question first).
window.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.target) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.set(form, setTimeout(free, PATIENCE, form));
  form.setAttribute("aria-busy", "true");
});

// Something else chosen is another thing to send: the file in the other language, say.
window.addEventListener("input", (event) => {
  if (sent.has(event.target.form)) free(event.target.form);
});

// Back from the page after it: the form may be sent anew.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[aria-busy]").forEach(free);
});
