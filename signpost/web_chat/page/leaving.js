// Leaving: first the page goes blank, then the server is told to forget, then something else comes up.
const framed = window.parent !== window;
const PRESSES = 3;
const WITHIN = 5000; // milliseconds
let gone = false;

function blank() {
  document.documentElement.style.setProperty("display", "none", "important");
  document.body.replaceChildren();
}

function forget(conversation) {
  const fields = new URLSearchParams({ conversation, by: "script" });
  if (!navigator.sendBeacon("/chat/leave", fields)) fetch("/chat/leave", { method: "POST", body: fields, keepalive: true }).catch(() => {});
}

/** Leave now. In a frame the page around it does the rest; `told`: it already knows. */
export function leave(conversation, exitTo, told = false) {
  if (gone) return;
  gone = true;
  blank();
  forget(conversation);
  if (!framed) return location.replace(exitTo);
  if (!told) window.parent.postMessage({ signpost: "leave" }, "*");
  location.replace("about:blank");
}

/** Call `away` when Shift is pressed three times within five seconds with no other key between, wherever the focus is. */
export function onThreeShifts(away) {
  let presses = [];
  addEventListener(
    "keydown",
    ({ key, repeat, timeStamp }) => {
      if (key !== "Shift") presses = [];
      else if (!repeat) presses = [...presses.filter((press) => timeStamp - press < WITHIN), timeStamp];
      if (presses.length >= PRESSES) away();
    },
    true,
  );
}

/** Whichever way the page goes, it goes blank and the server forgets; should the browser bring it back, it begins anew. */
export function onGoing(conversation) {
  addEventListener("pagehide", () => {
    if (gone) return;
    gone = true;
    blank();
    forget(conversation());
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) location.reload();
  });
}

/** Talk with the launcher's page around the frame: say that the chat is here, hear when it opens or leaves. */
export function withHost({ opened, left }) {
  if (!framed) return () => {};
  addEventListener("message", ({ source, data }) => {
    if (source !== window.parent) return;
    if (data?.signpost === "opened") opened();
    if (data?.signpost === "leave") left();
  });
  window.parent.postMessage({ signpost: "here" }, "*");
  return () => window.parent.postMessage({ signpost: "close" }, "*");
}
