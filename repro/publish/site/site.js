"use strict";
(() => {
  const form = document.getElementById("filters");
  const count = document.getElementById("count");
  if (!form || !count) return;
  const fields = ["q", "kind", "task", "data", "verdict", "state"].map((name) => form.elements[name]).filter(Boolean);
  let known = null; // cards with their texts; looked up again when the page was replaced

  const words_of = (card) => { // without what names other folders
    const own = card.cloneNode(true);
    for (const one of own.querySelectorAll("[data-others]")) one.remove();
    return own.textContent.toLowerCase().replace(/\s+/g, " ");
  };
  const cards = () => known ??= [...document.querySelectorAll(".card")].map((card) => ({ card, text: words_of(card) }));

  const apply = () => {
    const words = form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = fields.filter((field) => field.name !== "q" && field.value);
    let shown = 0;
    for (const { card, text } of cards()) {
      const fits = words.every((word) => text.includes(word))
        && wanted.every((field) => (card.getAttribute("data-" + field.name) || "").split("\n").includes(field.value));
      card.hidden = !fits;
      shown += fits;
    }
    const all = cards().length;
    count.textContent = shown === all ? `${all} shown` : `${shown} of ${all} shown`;
    const none = document.getElementById("none");
    if (none) none.hidden = shown > 0 || all === 0;
    form.elements.clear.hidden = !words.length && !wanted.length;
  };

  const write = () => {
    const said = new URLSearchParams();
    for (const field of fields) if (field.value.trim()) said.set(field.name, field.value.trim());
    const hash = "#" + said;
    if (hash === "#" && !location.hash.includes("=")) return;
    try { history.replaceState(null, "", hash === "#" ? "#all" : hash); } catch { /* an address that cannot change */ }
  };

  const read = () => {
    if (location.hash && location.hash !== "#all" && !location.hash.includes("=")) return; // a place on the page
    const said = new URLSearchParams(location.hash.slice(1));
    for (const field of fields) {
      const value = said.get(field.name) || "";
      field.value = value;
      if (field.value !== value) field.value = "";
    }
    apply();
  };

  const clear = () => {
    for (const field of fields) field.value = "";
    apply();
    write();
    form.elements.q.focus();
  };

  form.hidden = false;
  form.addEventListener("input", () => { apply(); write(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.elements.clear.addEventListener("click", clear);
  form.elements.q.addEventListener("keydown", (event) => { if (event.key === "Escape") clear(); });
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault(); // the address keeps the filter
    document.getElementById("main").focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(input|select|textarea)$/i.test(document.activeElement.tagName)) return;
    event.preventDefault();
    form.elements.q.focus();
  });
  addEventListener("hashchange", read);
  addEventListener("replaced", () => { known = null; apply(); });
  read();
})();
