// Forms: the error summary takes the focus, its lines lead to their fields, common phrases, no second send.

function focusField(id) {
  const box = document.getElementById(`div_${id}`);
  const field = document.getElementById(id) || box?.querySelector("input, select, textarea");
  if (!field) return false;
  field.focus({ preventScroll: true });
  (box || field).scrollIntoView({ block: "center" });
  return true;
}

document.addEventListener("click", (event) => {
  const line = event.target.closest("[data-field]");
  if (line && focusField(line.dataset.field)) event.preventDefault();

  const phrase = event.target.closest("[data-phrase]");
  if (!phrase) return;
  const area = document.getElementById(phrase.dataset.into);
  area.value = phrase.dataset.phrase;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
});

// A double click sends once. Coming back with the back button, the form can be sent again.
const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  // The pressed button must still be part of what is sent, therefore only looks change, and only afterwards.
  setTimeout(() => form.querySelectorAll("button[type=submit]").forEach((b) => b.setAttribute("aria-disabled", "true")));
});

window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("[data-once]")) {
    sent.delete(form);
    form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  }
});

// Filters answer as soon as something is chosen; typing waits for Enter.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-filters]");
  if (form && !form.hasAttribute("hx-get") && event.target.matches("select") && !event.target.closest(".filter-more")) {
    form.requestSubmit();
  }
});

document.querySelector("[data-focus]")?.focus();
