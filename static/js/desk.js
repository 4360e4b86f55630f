// Several decisions at once: possible for rows of the same step, and the bar says so.

const chosenIn = (form) => [...form.querySelectorAll("input[name=items]:checked")];

function describe(chosen) {
  if (!chosen.length) return ["", false];
  const steps = new Set(chosen.map((box) => box.dataset.step));
  if (steps.size > 1) return [`已选 ${chosen.length} 件，环节不同；批量办理须为同一环节`, false];
  const { step, stepName } = chosen[0].dataset;
  return [`已选 ${chosen.length} 件 · 同为“${step} ${stepName}”，可一并办理`, true];
}

function refresh(form) {
  const bar = form.querySelector("[data-batch-bar]");
  const chosen = chosenIn(form);
  const [words, allowed] = describe(chosen);
  bar.classList.toggle("on", chosen.length > 0);
  bar.querySelector("[data-batch-text]").textContent = words;
  const all = bar.querySelector("[data-batch-all]");
  const same = chosen.length ? form.querySelectorAll(`input[name=items][data-step="${chosen[0].dataset.step}"]`) : [];
  all.checked = chosen.length > 0 && chosen.length === same.length;
  all.indeterminate = chosen.length > 0 && !all.checked;
  for (const button of bar.querySelectorAll("[data-batch-act]")) {
    button.disabled = !allowed;
    if (button.dataset.batchAct === "complete" && allowed) {
      button.querySelector("span").textContent = `批量${chosen[0].dataset.verb}`;
    }
  }
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-batch]");
  if (!form) return;
  if (event.target.matches("[data-batch-all]")) {
    const [first] = chosenIn(form);
    for (const box of form.querySelectorAll("input[name=items]")) {
      box.checked = event.target.checked && Boolean(first) && box.dataset.step === first.dataset.step;
    }
  }
  refresh(form);
});

document.addEventListener("reset", (event) => {
  if (event.target.matches("form[data-batch]")) setTimeout(() => refresh(event.target));
});

function start() {
  document.querySelectorAll("form[data-batch]").forEach(refresh);
}

document.addEventListener("htmx:afterSettle", start);
start();
