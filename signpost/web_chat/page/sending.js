// Sending: a message is kept until it is answered, and sent again by itself when the line is bad. The server takes it once; of several
// workers another one may take it a second time.
const PATIENCE = 10000; // milliseconds for one try
const WAITS = [1000, 2000, 4000, 8000, 15000]; // between tries
const SLOW = 700; // milliseconds after which the page says that it is looking
const TRY_AGAIN = new Set([408, 425, 429]);
// Marks this page's messages, so that the server knows a repetition from a new message. Made anew with each page.
const page = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
let count = 0;

async function post(fields) {
  try {
    const answer = await fetch("/chat/turn", {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { Accept: "application/json" },
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.ok) {
      const reply = await answer.json();
      return reply.html ? { reply } : { trouble: "fault" };
    }
    if (answer.status === 429) return { trouble: "busy", wait: Number(answer.headers.get("Retry-After")) * 1000 };
    return { trouble: answer.status < 500 && !TRY_AGAIN.has(answer.status) ? "refused" : "fault" };
  } catch {
    return { trouble: "gone" };
  }
}

/** Sends one message at a time. `answered(reply, message)` and `say(trouble)` ('' when all is well) are called as things happen. */
export class Sender {
  constructor({ conversation, answered, say, busy }) {
    Object.assign(this, { conversation, answered, say, busy });
    this.waiting = null; // the message that has no answer yet
    this.flying = false; // whether a try is under way
    addEventListener("online", () => this.#again());
  }

  /** Send `fields`, unless a try is under way; the same fields again are the same message. */
  send(fields, shown) {
    if (this.flying) return;
    const key = JSON.stringify(fields);
    if (this.waiting?.key !== key) this.waiting = { key, fields, shown, token: `${page}-${++count}`, tries: 0 };
    this.#try();
  }

  /** The person changed the words: the old ones are not sent again. */
  changed() {
    if (!this.waiting || this.flying) return;
    clearTimeout(this.timer);
    this.waiting = null;
    this.say("");
  }

  #again() {
    if (this.waiting && !this.flying) this.#try();
  }

  async #try() {
    clearTimeout(this.timer);
    const message = this.waiting;
    this.flying = true;
    this.busy(true);
    const slow = setTimeout(this.say, SLOW, "slow");
    const { reply, trouble, wait } = await post({ ...message.fields, conversation: this.conversation(), token: message.token });
    clearTimeout(slow);
    this.flying = false;
    this.busy(false);
    this.say(trouble ?? "");
    if (reply) {
      this.waiting = null;
      this.answered(reply, message);
    } else if (trouble !== "refused") {
      this.timer = setTimeout(() => this.#again(), wait || WAITS[Math.min(message.tries++, WAITS.length - 1)]);
    }
  }
}
