// Lines of a form: one more line from the template, numbered as the server expects.

function addLine(rows) {
  const total = rows.querySelector("input[name$=-TOTAL_FORMS]");
  const template = rows.querySelector("template[data-line-template]");
  const number = Number(total.value);
  const line = template.content.firstElementChild.cloneNode(true);
  for (const part of line.querySelectorAll("*")) {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replaceAll("__prefix__", number));
    }
  }
  const title = line.querySelector("legend");
  if (title) title.textContent = `${title.textContent.trim()} ${number + 1}`;
  template.before(line);
  total.value = number + 1;
  line.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-line]");
  if (button) addLine(button.closest("[data-rows]"));
});
