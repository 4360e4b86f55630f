// The record: the chart opens at today, the critical path at the step that is going on.

function show(box, mark) {
  if (!box || !mark) return;
  const fixed = box.querySelector(".gantt-labels")?.offsetWidth ?? 0;
  const place = mark.getBoundingClientRect().left - box.getBoundingClientRect().left - fixed;
  const room = box.clientWidth - fixed;
  if (place > room * 0.8) box.scrollLeft += place - room * 0.4;
}

function start() {
  for (const chart of document.querySelectorAll("[data-gantt]")) show(chart, chart.querySelector(".g-line-today line"));
  for (const track of document.querySelectorAll(".track-box")) show(track, track.querySelector(".now"));
}

document.addEventListener("htmx:afterSettle", start);
start();
