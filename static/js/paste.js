// Writes what is pasted from a word processor or a page as the small Markdown that contributions are kept in.
(() => {
  "use strict";
  const BLOCKS = /^(address|article|aside|blockquote|body|center|dd|div|dl|dt|figure|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|section|table|tbody|tfoot|thead|tr|ul)$/;
  const UNREAD = /^(head|meta|link|title|style|script|template|xml|img|svg|button|select|textarea)$/;
  const WORTH_IT = "a[href], b, strong, i, em, h1, h2, h3, h4, h5, h6, li, [data-style*='mso-list'], [data-style*='font-']";
  // The policy of the site lets nobody write styles, not even into a page that is only read.
  const parsed = (html) => new DOMParser().parseFromString(
    html.replace(/<style[^]*?<\/style\s*>/gi, "").replace(/<[^>]*>/g, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style=")),
    "text/html",
  );
  const LINK = /^(https?:\/\/|mailto:)\S+$/i;

  // Turns a pasted page into paragraphs: {marker, depth, runs: [{text, isBold, isItalic, address}]}.
  class Reader {
    constructor() { this.paragraphs = []; this.end(); }

    end() { this.at = { marker: "", depth: 0, runs: [] }; }

    hasText() { return this.at.runs.some(({ text }) => text.trim()); }

    close() {
      if (this.hasText()) this.paragraphs.push(this.at);
      this.end();
    }

    say(text, look) {
      const last = this.at.runs.at(-1);
      const isSame = last && ["isBold", "isItalic", "address"].every((name) => last[name] === look[name]);
      if (isSame) last.text += text;
      else this.at.runs.push({ ...look, text });
    }

    read(node, look) {
      if (node.nodeType === Node.TEXT_NODE) { this.say(node.data.replace(/[ \t\r\n]+/g, " "), look); return; }
      if (node.nodeType !== Node.ELEMENT_NODE) return;
      const tag = node.localName;
      const style = (node.getAttribute("data-style") || "").toLowerCase();
      // What Word writes before an item is read by the paragraph around it.
      if (UNREAD.test(tag) || /mso-list:\s*ignore|mso-hide:\s*all|display:\s*none/.test(style)) return;
      if (tag === "br") { this.say("\n", look); return; }
      if (/^(td|th)$/.test(tag) && node.previousElementSibling) this.say(" | ", look);
      const isBlock = BLOCKS.test(tag) && !(/^(p|div)$/.test(tag) && node.closest("td, th"));
      // A paragraph in an item goes on with it, unless the item has some text already.
      if (isBlock && (this.hasText() || !this.at.marker)) this.close();
      if (tag === "li" || /mso-list:\s*l\d/.test(style)) this.at = { ...this.item(node, style), runs: [] };
      for (const child of node.childNodes) this.read(child, this.look(node, tag, style, look));
      if (isBlock) this.close();
    }

    item(node, style) {
      if (node.localName !== "li") {
        const marker = (node.querySelector("[data-style*='mso-list:Ignore' i]")?.textContent || "").trim();
        const depth = Number(/level(\d)/.exec(style)?.[1] || 1) - 1;
        if (/^\d{1,9}[.)]$/.test(marker)) return { marker: `${marker} `, depth };
        return { marker: /^\(?\w{1,4}[.)]$/.test(marker) && marker.length > 1 ? `- ${marker} ` : "- ", depth };
      }
      let depth = -1;
      for (let list = node; (list = list.parentElement?.closest("ul, ol")); ) depth += 1;
      const list = node.closest("ul, ol");
      if (list?.localName !== "ol") return { marker: "- ", depth: Math.max(depth, 0) };
      const place = [...list.children].filter(({ localName }) => localName === "li").indexOf(node);
      return { marker: `${(Number(list.getAttribute("start")) || 1) + place}. `, depth };
    }

    look(node, tag, style, { isBold, isItalic, address }) {
      const weight = /font-weight:\s*(\w+)/.exec(style)?.[1];
      const slant = /font-style:\s*(\w+)/.exec(style)?.[1];
      const href = tag === "a" ? node.getAttribute("href") || "" : "";
      return {
        isBold: weight ? weight === "bold" || Number(weight) >= 600 : isBold || /^(b|strong|th|h[1-6])$/.test(tag),
        isItalic: slant ? slant === "italic" : isItalic || /^(i|em)$/.test(tag),
        address: LINK.test(href) ? href : address,
      };
    }
  }

  const written = ({ text, isBold, isItalic, address }) => {
    const [, before, words, after] = /^(\s*)([^]*?)(\s*)$/.exec(text);
    if (!words) return text;
    // Emphasis ends with its line.
    const mark = "*".repeat(2 * isBold + isItalic);
    const marked = words.split("\n").map((line) => (line.trim() && mark ? `${mark}${line.trim()}${mark}` : line)).join("\n");
    const isBare = !address || address === words || address === `mailto:${words}`;
    const target = address?.replace(/[()<>\\]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
    const whole = isBare ? marked : `[${marked.replace(/[[\]]/g, "\\$&").replace(/\n/g, " ")}](${target})`;
    return before + whole + after;
  };

  const markdown = (page) => {
    const reader = new Reader();
    reader.read(page.body, { isBold: false, isItalic: false, address: "" });
    reader.close();
    return reader.paragraphs.map(({ marker, depth, runs }, at, all) => {
      const lines = runs.map(written).join("").replace(/ *\n */g, "\n").trim();
      const indent = " ".repeat(4 * depth);
      const isInList = marker && all[at - 1]?.marker;
      const gap = at === 0 ? "" : isInList ? "\n" : "\n\n";
      return gap + indent + marker + (marker ? lines.replace(/\n/g, `\n${indent}    `) : lines);
    }).join("");
  };

  document.addEventListener("paste", (event) => {
    const area = event.target;
    const html = area.matches?.("textarea[name=body]") && event.clipboardData.getData("text/html");
    if (!html) return;
    const page = parsed(html);
    // Program text keeps its blanks as they are.
    if (!page.querySelector(WORTH_IT) || page.querySelector("pre, [data-style*='white-space: pre;']")) return;
    const text = markdown(page);
    // What has nothing but words is pasted as it is, with the blanks around it.
    const words = (one) => one.replace(/\s+/g, "");
    if (!text || words(text) === words(event.clipboardData.getData("text/plain"))) return;
    event.preventDefault();
    // As if it had been typed, so that it can be undone; where a browser cannot, it is at least there.
    if (document.execCommand("insertText", false, text)) return;
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
