// Runs before the first paint, so that nothing jumps: says that scripts run, and keeps the menu as it was left.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    if (localStorage.getItem("menu") === "folded") root.classList.add("folded");
  } catch {
    // Private windows may refuse storage; the menu then simply starts unfolded.
  }
})();
