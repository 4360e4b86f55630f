// The frame: menu drawer and folding, search key, drop-down menus, 长者模式, messages that can be closed.
// Everything here only makes quicker what also works without scripts.

const root = document.documentElement;

// ---------------------------------------------------------------- drawer of the phone

const side = document.getElementById("menu");
const burger = document.querySelector("[data-drawer]");

function setDrawer(open) {
  side.classList.toggle("open", open);
  burger.setAttribute("aria-expanded", String(open));
  if (open) side.querySelector("a[href]").focus();
  else if (side.contains(document.activeElement)) burger.focus();
}

if (side && burger) {
  burger.setAttribute("aria-expanded", "false");
  burger.addEventListener("click", (event) => {
    event.preventDefault();
    setDrawer(!side.classList.contains("open"));
  });
  side.querySelector(".side-close")?.addEventListener("click", (event) => {
    event.preventDefault();
    setDrawer(false);
  });
  document.addEventListener("click", (event) => {
    const outside = !side.contains(event.target) && !burger.contains(event.target);
    if (side.classList.contains("open") && outside) setDrawer(false);
  });
}

// ---------------------------------------------------------------- folded menu, remembered on this device

const fold = document.querySelector("[data-fold]");

function sayFold() {
  const folded = root.classList.contains("folded");
  fold.setAttribute("aria-pressed", String(folded));
  fold.setAttribute("aria-label", folded ? "展开菜单" : "收起菜单");
}

fold?.addEventListener("click", () => {
  const folded = root.classList.toggle("folded");
  try {
    localStorage.setItem("menu", folded ? "folded" : "open");
  } catch {
    // Without storage the choice lasts for this page.
  }
  sayFold();
});
if (fold) sayFold();

// ---------------------------------------------------------------- keys

document.addEventListener("keydown", (event) => {
  const search = document.querySelector("[data-search]");
  if (search && event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    search.focus();
    search.select();
  }
  if (event.key !== "Escape") return;
  if (side?.classList.contains("open")) setDrawer(false);
  const open = document.querySelector("details[data-drop][open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

// ---------------------------------------------------------------- drop-down menus: one open at a time

document.addEventListener("click", (event) => {
  for (const drop of document.querySelectorAll("details[data-drop][open]")) {
    if (!drop.contains(event.target)) drop.open = false;
  }
  event.target.closest("[data-close]")?.closest(".message")?.remove();
  if (event.target.closest("[data-back]")) history.back();
});

// ---------------------------------------------------------------- 长者模式 at once; the cookie keeps it for the next page

function setElder(on) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `elder=${on ? "1" : ""}; Path=/; SameSite=Lax; Max-Age=${on ? 31536000 : 0}${secure}`;
  root.classList.toggle("elder", on);
  for (const button of document.querySelectorAll("[data-elder] button")) {
    button.setAttribute("aria-pressed", String(on));
    const state = button.querySelector("[data-elder-state]");
    if (state) state.textContent = on ? "已开" : "已关";
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-elder]")) return;
  event.preventDefault();
  setElder(!root.classList.contains("elder"));
});
