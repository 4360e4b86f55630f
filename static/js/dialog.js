// Links marked data-dialog open in the page's one <dialog>. Without scripts the same address is a page of its own.

const dialog = document.getElementById("dialog");
const body = document.getElementById("dialog-body");
const title = document.getElementById("dialog-title");
let opener = null;

function wait() {
  title.textContent = "请稍候";
  const line = document.createElement("p");
  line.className = "lead";
  line.textContent = "正在取回内容……";
  body.replaceChildren(line);
}

// What was already typed on the page goes along: nobody writes a reason twice.
function carry() {
  if (!opener || !("carry" in opener.dataset)) return;
  const source = opener.closest("form")?.querySelector("textarea[name$=opinion]");
  const target = body.querySelector("textarea");
  if (source?.value && source.value !== source.defaultValue && target && !target.value) target.value = source.value;
}

async function load(address) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  const away = answer.headers.get("HX-Redirect");
  if (away) {
    location.assign(away);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  body.replaceChildren(...page.body.childNodes);
  title.textContent = body.querySelector("[data-title]")?.dataset.title || (answer.ok ? "" : "现在不能办理");
  window.htmx?.process(body);
  carry();
  (body.querySelector("[data-focus], textarea, select, input:not([type=hidden])") || title).focus?.();
}

function open(link) {
  opener = link;
  wait();
  dialog.showModal();
  load(link.href).catch(() => location.assign(link.href));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (link && plain) {
    event.preventDefault();
    open(link);
  } else if (event.target.closest("#dialog [data-dialog-cancel]")) {
    event.preventDefault();
    dialog.close();
  } else if (event.target === dialog) {
    dialog.close(); // the backdrop
  }
});

dialog?.addEventListener("close", () => {
  body.replaceChildren();
  opener?.focus();
  opener = null;
});
