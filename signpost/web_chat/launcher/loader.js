// One line on a council page: <script src="https://chat.example/embed/loader.js" defer></script>
// It adds a button. Nothing else is loaded until somebody presses it. No storage, no cookies, no name in the page's own scope.
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || document.getElementById("signpost-chat")) return;
  const base = new URL("..", script.src);
  const words = {{ words|tojson }};
  const people = {{ people|tojson }};
  const leaveTo = {{ leave_to|tojson }}; // from the council's file, never from a message
  const patience = 8000; // milliseconds that the chat has to answer before the panel says so
  const silence = 3000; // milliseconds that a loaded frame has to say that it is the chat

  const make = (tag, properties, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) name in element ? (element[name] = value) : element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const link = (href, textContent, className = "") => make("a", { href, textContent, className, target: "_top", rel: "noreferrer" });
  const digits = (number) => number.replaceAll(" ", "");

  const place = make("div", { id: "signpost-chat" });
  const shadow = place.attachShadow({ mode: "open" });
  if ("adoptedStyleSheets" in shadow) {
    // Made by script, so a host's policy against inline styles does not touch it, and its own styles do not reach in.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync({{ style|tojson }});
    shadow.adoptedStyleSheets = [sheet];
  }

  const launcher = make("button", { type: "button", className: "launcher", textContent: words.launcher, "aria-expanded": "false", "aria-haspopup": "dialog" });
  const status = make("p", { className: "status", tabIndex: -1, role: "status" });
  const again = make("button", { type: "button", textContent: words.again, hidden: true });
  const help = make(
    "div",
    { className: "help" },
    status,
    again,
    make("h2", { textContent: {{ people_heading|tojson }} }),
    make("ul", {}, ...people.map(person)),
    make("p", {}, link(new URL("answers/", base).href, words.pages)),
    make("p", {}, link(new URL("answers/safety.html", base).href, words.safety)),
  );
  const exit = link(leaveTo, words.exit, "exit");
  const shut = make("button", { type: "button", className: "close", textContent: "\u00d7", "aria-label": words.close });
  const panel = make("dialog", { "aria-label": words.panel }, make("div", { className: "bar" }, exit, shut), help);
  let frame = null;
  let heard = false; // whether the page in the frame has said a word to us
  let left = false;
  let presses = [];

  function person({ name, phone, text, note }) {
    const entry = make("li", {}, make("strong", { textContent: name }));
    if (phone) entry.append(link(`tel:${digits(phone)}`, phone, "number"));
    if (text) entry.append(link(`sms:${digits(text)}`, {{ text_to|tojson }}.replace("{number}", text)));
    entry.append(make("small", { textContent: note }));
    return entry;
  }

  function open() {
    // On a small screen the panel is all there is, so nothing behind it can be reached.
    if (matchMedia("(max-width: 40rem), (max-height: 30rem)").matches) panel.showModal();
    else panel.show();
    launcher.setAttribute("aria-expanded", "true");
    if (!frame) reach();
    else if (!frame.className) greet();
  }

  // A script may come from wherever the loader came from, under any policy of the host; a fetch or a picture may not.
  function reach() {
    status.textContent = words.waiting;
    again.hidden = true;
    status.focus();
    const probe = make("script", { async: true, nonce: script.nonce });
    const done = (alive) => {
      clearTimeout(timer);
      probe.onload = probe.onerror = null;
      probe.remove();
      if (alive) return load();
      status.textContent = words.down;
      again.hidden = false;
    };
    const timer = setTimeout(done, patience, false);
    probe.onload = () => done(true);
    probe.onerror = () => done(false);
    probe.src = new URL("embed/alive.js", base).href;
    place.append(probe);
  }

  function load() {
    if (frame) return; // opened, closed and opened again while the chat was on its way
    frame = make("iframe", { title: words.panel, referrerPolicy: "no-referrer", className: "waiting" });
    frame.addEventListener("load", settle, { once: true });
    frame.src = new URL("chat", base).href;
    help.before(frame);
  }

  // A frame that shows an error loads too, and nobody outside can look in. So until the chat has said that it is here, the people
  // who can help come back below the frame.
  function settle() {
    frame.className = "";
    help.hidden = true;
    status.hidden = true;
    setTimeout(() => (help.hidden = heard), silence);
    greet();
  }

  function greet() {
    if (!panel.open) return;
    frame.focus();
    frame.contentWindow.postMessage({ signpost: "opened" }, base.origin);
  }

  function leave(fromFrame) {
    if (left) return;
    left = true;
    if (frame && !fromFrame) frame.contentWindow.postMessage({ signpost: "leave" }, base.origin); // so that the server forgets
    document.documentElement.style.setProperty("display", "none", "important");
    document.title = "";
    for (const node of [...document.body.childNodes]) if (node !== place) node.remove();
    location.replace(leaveTo);
  }

  launcher.addEventListener("click", () => (panel.open ? panel.close() : open()));
  shut.addEventListener("click", () => panel.close());
  again.addEventListener("click", reach);
  exit.addEventListener("click", (event) => {
    event.preventDefault();
    leave(false);
  });
  panel.addEventListener("close", () => {
    launcher.setAttribute("aria-expanded", "false");
    launcher.focus();
  });
  shadow.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.open) panel.close();
  });
  addEventListener("message", ({ source, origin, data }) => {
    if (!frame || source !== frame.contentWindow || origin !== base.origin) return;
    if (!data?.signpost) return;
    heard = help.hidden = true;
    if (data.signpost === "leave") leave(true);
    if (data.signpost === "close") panel.close();
  });
  addEventListener(
    "keydown",
    ({ key, repeat, timeStamp }) => {
      if (key !== "Shift") presses = [];
      else if (!repeat) presses = [...presses.filter((press) => timeStamp - press < 5000), timeStamp];
      if (presses.length > 2) leave(false);
    },
    true,
  );

  shadow.append(launcher, panel);
  if (document.body) document.body.append(place);
  else addEventListener("DOMContentLoaded", () => document.body.append(place));
})();
