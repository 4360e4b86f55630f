// Lines of a form: one more line from the template, numbered as the server expects. A restored draft gets its lines back.

function addLine(rows) {
  const total = rows.querySelector("input[name$=-TOTAL_FORMS]");
  const template = rows.querySelector("template[data-line-template]");
  if (!total || !template) return null;
  const number = Number(total.value);
  const line = template.content.firstElementChild.cloneNode(true);
  for (const part of [line, ...line.querySelectorAll("*")]) {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replaceAll("__prefix__", number));
    }
  }
  const title = line.querySelector("legend");
  if (title) title.textContent = `${title.textContent.trim()} ${number + 1}`;
  template.before(line);
  total.value = number + 1;
  return line;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-line]");
  if (!button) return;
  addLine(button.closest("[data-rows]"))?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
});

document.addEventListener("draft:restore", (event) => {
  for (const rows of event.target.querySelectorAll("[data-rows]")) {
    const pattern = new RegExp(`^${rows.dataset.rows}-(\\d+)-`);
    const numbers = Object.keys(event.detail).map((name) => Number(pattern.exec(name)?.[1] ?? -1));
    const wanted = Math.max(-1, ...numbers) + 1;
    const total = rows.querySelector("input[name$=-TOTAL_FORMS]");
    while (Number(total.value) < wanted && addLine(rows));
  }
});
