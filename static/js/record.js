// The record: the chart opens at today, the critical path at the step that is going on.

function show(box, mark) {
  if (!box || !mark) return;
  const place = mark.getBoundingClientRect().left - box.getBoundingClientRect().left;
  if (place > box.clientWidth * 0.8) box.scrollLeft += place - box.clientWidth * 0.45;
}

function start() {
  for (const chart of document.querySelectorAll("[data-gantt]")) show(chart, chart.querySelector(".g-line-today line"));
  for (const track of document.querySelectorAll(".track-box")) show(track, track.querySelector(".now"));
}

document.addEventListener("htmx:afterSettle", start);
start();
