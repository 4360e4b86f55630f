// Uploads of papers: refuses an oversized file before it is sent, takes dropped files, shows the progress.
// Everything here is comfort; the forms work without it. Events are caught on the document, so lists that htmx
// swaps in need no wiring.

const form = (target) => target instanceof Element && target.closest("[data-upload] form");

function say(where, sentence) {
  const place = where.querySelector("[data-upload-error]");
  place.textContent = sentence;
  place.hidden = !sentence;
}

function check(where) {
  const input = where.querySelector("input[type=file]");
  const file = input.files[0];
  if (!file) return say(where, "");
  const limit = Number(input.dataset.maxBytes);
  if (file.size > limit) {
    say(where, `文件超过 50 MB（实际 ${(file.size / 1048576).toFixed(1)} MB），请压缩或拆分后再上传。`);
    input.value = "";
  } else if (file.size === 0) {
    say(where, "这是一个空文件（0 字节），请检查后重新选择。");
    input.value = "";
  } else {
    say(where, "");
  }
}

document.addEventListener("change", (event) => {
  const where = event.target.type === "file" && form(event.target);
  if (where) check(where);
});

document.addEventListener("dragover", (event) => {
  if (form(event.target)) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  const where = form(event.target);
  if (!where || !event.dataTransfer.files.length) return;
  event.preventDefault();
  if (event.dataTransfer.files.length > 1) {
    say(where, "一次只能上传一个文件，请逐个拖入。");
    return;
  }
  where.querySelector("input[type=file]").files = event.dataTransfer.files;
  check(where);
});

document.addEventListener("htmx:xhr:progress", (event) => {
  const where = form(event.target);
  if (!where || !event.detail.lengthComputable) return;
  const bar = where.querySelector("[data-upload-progress]");
  bar.hidden = false;
  bar.value = Math.round((100 * event.detail.loaded) / event.detail.total);
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    const where = form(event.target);
    if (!where) return;
    where.querySelector("[data-upload-progress]").hidden = true;
    say(where, "网络中断，文件没有传完，请重新上传。");
  });
}
