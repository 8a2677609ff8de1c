/* A click on a figure boxes its cell in the original beside it, without loading the page again.
   Where there is no original beside it, or no script, the figure is a link to this page with the cell chosen. */
"use strict";
(() => {
  const frame = document.getElementById("original");
  const tables = document.getElementById("tables");
  if (!frame || !tables) return;
  const isBeside = () => frame.offsetParent !== null;
  let now = document.querySelector(".fig.now");

  const show = (link) => {
    const cell = link.closest(".fig");
    const address = new URL(link.href);
    const original = new URL(frame.src);
    original.searchParams.delete("cell");
    original.searchParams.set("cell", address.searchParams.get("cell"));
    original.hash = "cell";
    // replace() keeps the steps within the frame out of the history: Back goes back on this page.
    const fresh = frame.cloneNode(false);
    fresh.src = original.href;
    frame.parentNode.querySelector("iframe").replaceWith(fresh);
    if (now) now.classList.remove("now");
    cell.classList.add("now");
    now = cell;
    history.replaceState(null, "", address.href);
    const chosen = document.querySelector("aside.chosen");
    if (chosen) chosen.remove();
  };

  tables.addEventListener("click", (event) => {
    const link = event.target.closest("a.v");
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || !isBeside()) return;
    event.preventDefault();
    show(link);
  });
})();
