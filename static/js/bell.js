// The bell refreshes itself each minute, but never under the hands of its reader, and rests in a hidden tab.

const bell = document.getElementById("bell");

function isBusy() {
  return document.hidden || Boolean(bell.querySelector("details[open]"));
}

function saySignedOut() {
  const banner = document.getElementById("late-banner");
  if (!banner || banner.querySelector("[data-signed-out]")) return;
  const words = document.createElement("p");
  words.className = "message message-warning";
  words.dataset.signedOut = "";
  words.textContent = "登录已过期。页面上的内容还在，保存或提交时系统会请您重新登录。";
  banner.replaceChildren(words);
}

if (bell) {
  bell.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target === bell && isBusy()) event.preventDefault();
  });

  // After the end of a session the answer leads to the sign-in page. Whoever is typing must not be torn away.
  bell.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr } = event.detail;
    const came = new URL(xhr.responseURL || location.href, location.href).pathname;
    if (event.target !== bell || (came === bell.getAttribute("hx-get") && !xhr.getResponseHeader("HX-Redirect"))) return;
    event.preventDefault();
    saySignedOut();
  });

  // "Mark all read" changes what an open panel shows: close it first, so that the refresh may come.
  document.body.addEventListener(
    "notices-changed",
    () => {
      const panel = bell.querySelector("details[open]");
      if (!panel) return;
      panel.open = false;
      panel.querySelector("summary").focus();
    },
    { capture: true },
  );

  document.addEventListener("visibilitychange", () => {
    if (!isBusy() && window.htmx) window.htmx.trigger(document.body, "notices-changed");
  });
}
