// The member's phone: ticked things of the packing list stay ticked on this phone.

for (const box of document.querySelectorAll("[data-keep]")) {
  try {
    box.checked = localStorage.getItem(box.dataset.keep) === "1";
  } catch {
    break; // no storage on this phone: the list still works for this visit
  }
  box.addEventListener("change", () => localStorage.setItem(box.dataset.keep, box.checked ? "1" : ""));
}
