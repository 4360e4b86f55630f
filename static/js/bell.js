// The bell refreshes itself each minute, but never under the hands of its reader, and rests in a hidden tab.

const bell = document.getElementById("bell");

function isBusy() {
  return document.hidden || Boolean(bell.querySelector("details[open]"));
}

if (bell) {
  bell.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target === bell && isBusy()) event.preventDefault();
  });

  // After the end of a session the answer is the sign-in page: that does not belong into the bell.
  bell.addEventListener("htmx:beforeSwap", (event) => {
    const came = new URL(event.detail.xhr.responseURL || location.href, location.href).pathname;
    if (event.target === bell && came !== bell.getAttribute("hx-get")) event.detail.shouldSwap = false;
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
