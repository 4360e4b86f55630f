// What htmx does on every page: a line on top while waiting, polite words when something fails, toasts.

const root = document.documentElement;
const toasts = document.getElementById("toasts");
let waiting = 0;

function count(step) {
  waiting = Math.max(0, waiting + step);
  root.classList.toggle("waiting", waiting > 0);
}

function toast(text, level = "info") {
  const box = document.createElement("div");
  box.className = `message message-${level}`;
  const words = document.createElement("span");
  words.textContent = text;
  const close = document.createElement("button");
  close.className = "close";
  close.type = "button";
  close.dataset.close = "";
  close.setAttribute("aria-label", "关闭这条消息");
  close.textContent = "×";
  box.append(words, close);
  toasts.append(box);
  if (level !== "error") setTimeout(() => box.remove(), 8000);
}

document.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.level));

// A page that asks by itself (the bell) should not make the line on top flicker.
const asksItself = (event) => event.detail.requestConfig?.triggeringEvent?.type !== "submit" && event.target.id === "bell";

document.addEventListener("htmx:beforeRequest", (event) => asksItself(event) || count(+1));
document.addEventListener("htmx:afterRequest", (event) => asksItself(event) || count(-1));

// An answer of failure is shown only where the server says that it belongs.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  const failed = xhr.status >= 400 && xhr.status !== 422;
  if (failed && !xhr.getResponseHeader("HX-Retarget")) {
    event.detail.shouldSwap = false;
    if (event.target.id !== "bell") toast("没有办成，系统没有作任何改动。请稍后再试。", "error");
  }
});

document.addEventListener("htmx:sendError", (event) => {
  if (event.target.id !== "bell") toast("网络不通。您填写的内容还在，连上以后可以再试。", "error");
});

document.addEventListener("htmx:timeout", () => toast("系统回答太慢，请稍后再试。", "error"));

// After a part of the page was replaced, the focus stays with the reader.
document.addEventListener("htmx:afterSwap", (event) => {
  const tab = event.detail.requestConfig?.elt?.closest?.(".tabs") && event.detail.requestConfig.elt.dataset.key;
  if (tab) document.querySelector(`.tabs .tab[data-key="${CSS.escape(tab)}"]`)?.focus({ preventScroll: true });
  document.querySelector("#page-messages [role=alert]")?.scrollIntoView({ block: "nearest" });
});
