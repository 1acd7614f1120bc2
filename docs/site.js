// What the theme and Markdown leave out for readers with a keyboard or a screen reader.
addEventListener("load", () => {
  // A wide table scrolls in a frame, which the keyboard has to reach.
  for (const frame of document.querySelectorAll(".md-typeset__scrollwrap")) {
    frame.tabIndex = 0;
    frame.setAttribute("role", "group");
    frame.setAttribute("aria-label", "Table");
  }
  // The button that copies a block of code is no part of the page's navigation.
  for (const buttons of document.querySelectorAll("nav.md-code__nav")) buttons.setAttribute("role", "none");
  // The corner of a table is no heading: Markdown knows no other cells there.
  for (const corner of document.querySelectorAll("th:empty")) corner.replaceWith(document.createElement("td"));
});
