// The page at work: the same forms as without script, without loading the page anew. All words stand in the page.
import { leave, onGoing, onThreeShifts, withHost } from "./leaving.js";
import { Sender } from "./sending.js";

const { exitTo, safeWord } = document.body.dataset;
const log = document.getElementById("log");
const trouble = document.getElementById("trouble");
const form = document.querySelector(".say");
const box = document.getElementById("message");
const people = document.querySelector(".people");
const finger = matchMedia("(pointer: coarse)");
let conversation = form.elements.conversation.value;

const away = () => leave(conversation, exitTo);
const close = withHost({
  opened() {
    document.body.classList.add("framed"); // the launcher's own bar has the exit
    box.focus();
  },
  left: () => leave(conversation, exitTo, true),
});
onThreeShifts(away);
onGoing(() => conversation);

const sender = new Sender({
  conversation: () => conversation,
  say(name) {
    trouble.className = name;
    trouble.textContent = name && trouble.dataset[name];
  },
  busy(yes) {
    box.readOnly = yes;
    for (const button of document.querySelectorAll(".say button, .steps button")) button.setAttribute("aria-disabled", yes);
  },
  answered(reply, { fields, shown }) {
    conversation = reply.conversation;
    for (const field of document.querySelectorAll("input[name=conversation]")) field.value = conversation;
    const held = document.activeElement;
    for (const old of log.querySelectorAll(".steps")) old.remove();
    for (const old of log.querySelectorAll(".reply")) old.classList.add("earlier");
    const mine = document.getElementById("mine").content.firstElementChild.cloneNode(true);
    mine.append(shown);
    const answer = new DOMParser().parseFromString(reply.html, "text/html").body.firstElementChild;
    log.append(mine, answer);
    if (fields.message !== undefined) box.value = "";
    // A pressed button is gone: the focus goes on to the box, but on a phone that would raise the keyboard over the answer.
    if (!held?.isConnected || held === document.body) (finger.matches ? log : box).focus({ preventScroll: true });
    mine.scrollIntoView();
  },
});

document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") !== "/chat") return;
  event.preventDefault();
  const pressed = event.submitter?.name === "button" ? event.submitter : null;
  if (pressed) {
    pressed.closest("footer details")?.removeAttribute("open");
    return sender.send({ button: pressed.value }, pressed.textContent);
  }
  const words = box.value.trim();
  if (words.toLowerCase() === safeWord) return away();
  if (words) sender.send({ message: box.value }, words);
});

box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
box.addEventListener("input", () => sender.changed());

document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (link?.matches(".exit")) {
    event.preventDefault();
    away();
  }
  const service = link?.closest(".service")?.dataset.service;
  if (service) navigator.sendBeacon("/counts/used", new URLSearchParams({ service })); // that somebody turned to it; not who
  if (people.open && !people.contains(event.target)) people.open = false;
});

addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  if (!people.open) return close();
  people.open = false;
  people.querySelector("summary").focus();
});

// On paper the page is its panel, open or not.
let wasOpen = false;
addEventListener("beforeprint", () => ([wasOpen, people.open] = [people.open, true]));
addEventListener("afterprint", () => (people.open = wasOpen));

const sizes = document.querySelector(".size");
sizes.hidden = false;
sizes.addEventListener("click", ({ target }) => {
  const step = Number(target.closest("button")?.dataset.step ?? 0);
  const root = document.documentElement;
  root.dataset.size = Math.min(2, Math.max(0, Number(root.dataset.size ?? 0) + step));
});
