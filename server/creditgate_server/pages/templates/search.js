(function () {
  "use strict";
  var box = document.getElementById("search");
  var found = document.getElementById("found");
  var entries = Array.prototype.slice.call(document.querySelectorAll(".entry"));
  var blocks = Array.prototype.slice.call(document.querySelectorAll("section, .group"));

  // An entry's own words: all its text without that of the entries inside it, with the codes in data-words.
  function own(node) {
    var text = "";
    for (var child = node.firstChild; child; child = child.nextSibling) {
      if (child.nodeType === 3) { text += child.nodeValue; }
      else if (child.nodeType === 1 && !child.classList.contains("entry")) { text += " " + own(child) + " "; }
    }
    return text;
  }
  var texts = new Map();
  entries.forEach(function (entry) {
    var outer = entry.parentElement.closest(".entry");
    var words = (own(entry) + " " + (entry.dataset.words || "")).toLowerCase();
    texts.set(entry, (outer ? texts.get(outer) + " " : "") + words);
  });

  function filter() {
    var words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    var kept = new Set();
    var count = 0;
    entries.forEach(function (entry) {
      var text = texts.get(entry);
      if (words.every(function (word) { return text.indexOf(word) >= 0; })) {
        count += 1;
        for (var at = entry; at; at = at.parentElement && at.parentElement.closest(".entry")) { kept.add(at); }
      }
    });
    entries.forEach(function (entry) { entry.classList.toggle("away", !kept.has(entry)); });
    blocks.forEach(function (block) {
      block.classList.toggle("away", words.length > 0 && !block.querySelector(".entry:not(.away)"));
    });
    found.textContent = !words.length ? "" : count ? "找到 " + count + " 处" : "没有找到";
  }

  // A link may lead to something folded or filtered away: show it.
  function reveal() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) { return; }
    if (target.closest(".away")) { box.value = ""; filter(); }
    for (var at = target.parentElement; at; at = at.parentElement) {
      if (at.tagName === "DETAILS") { at.open = true; }
    }
    target.scrollIntoView();
  }

  box.parentElement.hidden = false;
  box.addEventListener("input", filter);
  window.addEventListener("hashchange", reveal);
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (details) { details.open = true; });
  });
  if (location.hash) { reveal(); }
})();
