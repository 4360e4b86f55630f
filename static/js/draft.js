// Keeps what is typed into <form data-draft="key" data-draft-object="id"> and offers it when the form is opened again.
// The server keeps the draft, encrypted. The browser keeps a copy in sessionStorage only while the server cannot be
// reached or the session has ended; fields with data-private, passwords and files never go there.

const QUIET_MS = 1200; // typing has paused for so long
const LONGEST_MS = 8000; // while somebody types without pause
const RETRY_MS = 15000;
const SIGN_IN = "/accounts/login/";
const NEVER = new Set(["password", "file", "hidden", "submit", "button", "reset", "image"]);

class Draft {
  constructor(form) {
    this.form = form;
    const object = form.dataset.draftObject || "new";
    this.url = `/drafts/${encodeURIComponent(form.dataset.draft)}/${encodeURIComponent(object)}/`;
    this.stashKey = `draft:${form.dataset.draft}:${object}`;
    this.state = document.querySelector("[data-draft-state]");
    this.saved = JSON.stringify(this.collect());
    this.timer = 0;
    this.firstChange = 0;
    this.sent = false;
  }

  fields() {
    return [...this.form.elements].filter((field) => field.name && !field.disabled && !NEVER.has(field.type));
  }

  // name → list of values; an unticked box is an empty list, so that unticking is kept too.
  collect(withPrivate = true) {
    const data = {};
    for (const field of this.fields()) {
      if (!withPrivate && "private" in field.dataset) continue;
      const values = (data[field.name] ??= []);
      if (field.type === "checkbox" || field.type === "radio") {
        if (field.checked) values.push(field.value);
      } else if (field.type === "select-multiple") {
        values.push(...[...field.selectedOptions].map((option) => option.value));
      } else {
        values.push(field.value);
      }
    }
    return data;
  }

  fill(data) {
    // A page with rows that are added by script adds them on this event, before they are filled.
    this.form.dispatchEvent(new CustomEvent("draft:restore", { bubbles: true, detail: data }));
    const used = {};
    for (const field of this.fields()) {
      const values = data[field.name];
      if (!Array.isArray(values)) continue;
      if (field.type === "checkbox" || field.type === "radio") {
        field.checked = values.includes(field.value);
      } else if (field.type === "select-multiple") {
        for (const option of field.options) option.selected = values.includes(option.value);
      } else {
        const index = (used[field.name] = (used[field.name] ?? -1) + 1);
        if (index < values.length) field.value = values[index];
      }
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  say(text, href = "") {
    if (!this.state) return;
    this.state.textContent = text;
    if (!href) return;
    const link = document.createElement("a");
    link.href = href;
    link.textContent = "重新登录";
    this.state.append(" ", link);
  }

  touched() {
    if (this.sent) return;
    const now = Date.now();
    this.firstChange ||= now;
    clearTimeout(this.timer);
    const wait = Math.max(0, Math.min(QUIET_MS, this.firstChange + LONGEST_MS - now));
    this.timer = setTimeout(() => this.save(), wait);
  }

  async save(leaving = false) {
    clearTimeout(this.timer);
    this.firstChange = 0;
    const data = this.collect();
    const text = JSON.stringify(data);
    if (this.sent || text === this.saved) return;
    try {
      const answer = await fetch(this.url, {
        method: "POST",
        keepalive: leaving,
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.token() },
        body: text,
      });
      const body = await answer.json();
      if (answer.ok) {
        this.saved = text;
        sessionStorage.removeItem(this.stashKey);
        this.say(`已自动保存 ${body.clock}`);
      } else {
        this.stash();
        this.say(answer.status === 401 ? "登录已超时，已填内容暂存在本页" : body.message, body.login);
      }
    } catch {
      this.stash();
      this.say("网络不通，已填内容暂存在本页，稍后自动重试");
      this.timer = setTimeout(() => this.save(), RETRY_MS);
    }
  }

  token() {
    return this.form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  }

  stash() {
    const copy = { at: new Date().toISOString(), data: this.collect(false) };
    sessionStorage.setItem(this.stashKey, JSON.stringify(copy));
  }

  takeStash() {
    const text = sessionStorage.getItem(this.stashKey);
    sessionStorage.removeItem(this.stashKey);
    // After an accepted form the copy is stale; it counts only for somebody who comes back from signing in.
    const came = document.referrer ? new URL(document.referrer).pathname : "";
    return text && came.startsWith(SIGN_IN) ? JSON.parse(text) : null;
  }

  async open() {
    const stash = this.takeStash();
    let kept = { saved_at: null, data: {} };
    try {
      const answer = await fetch(this.url, { headers: { Accept: "application/json" } });
      if (answer.ok) kept = await answer.json();
    } catch {
      // Without network there is nothing to offer; saving will try again.
    }
    const newer = stash && (!kept.saved_at || new Date(stash.at) > new Date(kept.saved_at));
    const data = newer ? { ...kept.data, ...stash.data } : kept.data;
    const when = newer ? stash.at : kept.saved_at;
    const same = JSON.stringify({ ...this.collect(), ...data }) === JSON.stringify(this.collect());
    // A form that came back with errors already shows what was typed.
    if (when && !same && !this.form.querySelector(".error-summary")) this.offer(data, new Date(when));
  }

  offer(data, when) {
    const bar = document.createElement("div");
    bar.className = "message message-info draft-offer";
    bar.setAttribute("role", "status");
    const clock = when.toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
    const words = document.createElement("span");
    words.textContent = `有 ${clock} 自动保存、尚未提交的内容。`;
    bar.append(words, this.button("恢复内容", "btn btn-primary", () => {
      this.fill(data);
      bar.remove();
      this.touched();
    }), this.button("放弃", "btn", () => {
      bar.remove();
      fetch(this.url, { method: "DELETE", headers: { Accept: "application/json", "X-CSRFToken": this.token() } });
    }));
    this.form.prepend(bar);
  }

  button(label, classes, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = classes;
    button.textContent = label;
    button.addEventListener("click", act);
    return button;
  }

  start() {
    this.form.addEventListener("input", () => this.touched());
    this.form.addEventListener("change", () => this.touched());
    this.form.addEventListener("submit", () => {
      // The server drops the draft when it accepts the form: a save that comes later would bring it back.
      this.stash();
      this.sent = true;
      clearTimeout(this.timer);
      // A form that the browser or htmx did not send after all goes on saving.
      setTimeout(() => { this.sent = false; }, RETRY_MS);
    });
    addEventListener("pagehide", () => this.save(true));
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.save(true);
    });
    this.open();
  }
}

const started = new WeakSet();

function startAll(root) {
  for (const form of root.querySelectorAll("form[data-draft]")) {
    if (started.has(form)) continue;
    started.add(form);
    new Draft(form).start();
  }
}

startAll(document);
// Forms that htmx brings in later.
document.body.addEventListener("htmx:load", (event) => startAll(event.target.parentElement ?? document));
