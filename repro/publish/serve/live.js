"use strict";
// Keeps an open page as new as the server's: hears that there is a newer one, asks for it, and changes what differs in
// <main>, so that focus, scrolling and what is unfolded stay. Nothing is sent but the page's own address.
(() => {
  const main = () => document.querySelector("main");
  const name = decodeURIComponent(location.pathname).replace(/^\//, "") || "index.html";
  const said = document.getElementById("news");
  let version = main().dataset.version || "", busy = false, again = false, stream = null;

  const say = (text, kind = "") => {
    if (said.textContent !== text) said.textContent = text;
    said.className = kind ? `panel ${kind}` : "heard"; // good news is seen anyway
  };
  const KEPT = ["open", "hidden"]; // what the reader or the page's own script has changed
  const same = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id || "") === (b.id || "");

  const change = (old, made) => {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.nodeValue !== made.nodeValue) old.nodeValue = made.nodeValue;
      return;
    }
    for (const { name } of [...old.attributes]) if (!made.hasAttribute(name) && !KEPT.includes(name)) old.removeAttribute(name);
    for (const { name, value } of made.attributes) {
      if (!KEPT.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    const ids = new Map([...old.children].filter((one) => one.id).map((one) => [one.id, one]));
    let at = old.firstChild;
    for (const next of [...made.childNodes]) {
      const known = next.id ? ids.get(next.id) : null;
      if (known && known !== at) old.insertBefore(known, at);
      const here = known || at;
      if (here && same(here, next)) {
        at = here.nextSibling;
        change(here, next);
      } else {
        old.insertBefore(next, at);
      }
    }
    while (at) {
      const gone = at;
      at = at.nextSibling;
      gone.remove();
    }
  };

  const renew = async () => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      const answer = await fetch(location.pathname, { cache: "no-store" });
      if (!answer.ok) {
        say(answer.status === 404 ? "This page is gone: its folder is not there any more." : "The page could not be read.", "wrong");
        return;
      }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const made = page.querySelector("main");
      if (!made) return;
      version = made.dataset.version || "";
      change(main(), made);
      document.title = page.title;
      say(made.querySelector("[data-news]")?.dataset.news || "This page was brought up to date.");
      dispatchEvent(new Event("replaced"));
    } catch {
      say("No connection; this is what was last known.", "lost");
    } finally {
      busy = false;
      if (again) {
        again = false;
        renew();
      }
    }
  };

  const listen = () => {
    if (stream || document.hidden) return;
    stream = new EventSource(`/events?page=${encodeURIComponent(name)}`);
    stream.onmessage = ({ data }) => {
      const news = JSON.parse(data);
      if (news.problem) say(news.problem, "wrong");
      else if (said.className !== "heard") say("");
      if (news.version !== version) renew();
    };
    stream.onerror = () => say("No connection; this is what was last known.", "lost");
  };
  // A browser keeps few connections to one server, so pages that nobody looks at let theirs go.
  const rest = () => {
    if (stream) stream.close();
    stream = null;
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", listen);
  listen();
})();
