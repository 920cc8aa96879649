// notes_anchor.js: where a note belongs in a text, and where that place is after the text has changed. Pure.
//
// W3C Web Annotation: a TextQuoteSelector (exact, prefix, suffix) and a TextPositionSelector, tried against
// each other: every place where the quote stands is judged by quote, prefix, suffix and position together.
globalThis.noteAnchors = (() => {
  const CONTEXT = 32; // signs before and after a quote
  const LONGEST_QUOTE = 1000;
  const MOST_PLACES = 400; // looked at, nearest to the old position first
  const ENOUGH_CONTEXT = 0.5;
  const SHORT_QUOTE = 16; // stands anywhere by chance: it needs its context
  const WEIGHTS = { quote: 50, before: 20, after: 20, position: 2 };

  // What nobody sees as a change: spaces, quotation marks, hyphens, composed accents, joiners.
  const SAME = new Map([
    ..."“”„«»‟".split("").map((sign) => [sign, '"']),
    ..."’‘ʼ‛′".split("").map((sign) => [sign, "'"]),
    ..."‐‑‒–—−".split("").map((sign) => [sign, "-"]),
    ["…", "..."],
  ]);
  const UNSEEN = /^[\u00ad\u200b-\u200d\u2060\ufeff]$/u;

  // The text with such differences taken out; `at[i]`: where the sign i of it begins in the original.
  const plain = (text) => {
    const signs = [];
    const at = [];
    let position = 0;
    for (const [cluster] of text.matchAll(/\P{M}\p{M}*|\p{M}+/gsu)) {
      const isSpace = /^\s/u.test(cluster);
      if (isSpace && (signs.length === 0 || signs.at(-1) !== " ")) {
        signs.push(" ");
        at.push(position);
      } else if (!isSpace && !UNSEEN.test(cluster)) {
        for (const unit of SAME.get(cluster) ?? cluster.normalize("NFC")) {
          for (let n = 0; n < unit.length; n += 1) {
            signs.push(unit[n]);
            at.push(position);
          }
        }
      }
      position += cluster.length;
    }
    at.push(position);
    return { text: signs.join(""), at };
  };

  // The same few sections are searched for every note.
  const known = new Map();
  const plainOf = (text) => {
    if (!known.has(text)) {
      if (known.size > 30) known.clear();
      known.set(text, plain(text));
    }
    return known.get(text);
  };

  const isHalf = (text, position) => position > 0 && position < text.length && /[\udc00-\udfff]/.test(text[position]);

  // The selectors of a stretch of a text; null where nothing of it can be seen.
  const describe = (text, from, to) => {
    let [start, end] = [from, Math.min(to, from + LONGEST_QUOTE)];
    while (start < end && /\s/u.test(text[start])) start += 1;
    while (end > start && /\s/u.test(text[end - 1])) end -= 1;
    if (isHalf(text, start)) start -= 1;
    if (isHalf(text, end)) end += 1;
    if (!/[\p{L}\p{N}\p{S}]/u.test(text.slice(start, end))) return null;
    const before = Math.max(0, start - CONTEXT);
    const after = Math.min(text.length, end + CONTEXT);
    return {
      exact: text.slice(start, end),
      prefix: text.slice(isHalf(text, before) ? before + 1 : before, start),
      suffix: text.slice(end, isHalf(text, after) ? after - 1 : after),
      start,
      end,
    };
  };

  // How much of a context still stands there: the share of its signs, counted from the quote outwards.
  const shareBefore = (text, end, prefix) => {
    let n = 0;
    while (n < prefix.length && text[end - 1 - n] === prefix[prefix.length - 1 - n] && end - 1 - n >= 0) n += 1;
    return prefix.length ? n / prefix.length : end === 0 ? 1 : 0.5;
  };
  const shareAfter = (text, start, suffix) => {
    let n = 0;
    while (n < suffix.length && text[start + n] === suffix[n]) n += 1;
    return suffix.length ? n / suffix.length : start === text.length ? 1 : 0.5;
  };

  // Every place of a word, those near the expected one first; at most so many.
  const placesOf = (text, word, expected, most) => {
    const found = [];
    let [left, right] = [text.lastIndexOf(word, expected), text.indexOf(word, expected + 1)];
    while (found.length < most && (left >= 0 || right >= 0)) {
      const isLeft = right < 0 || (left >= 0 && expected - left <= right - expected);
      found.push(isLeft ? left : right);
      if (isLeft) left = left > 0 ? text.lastIndexOf(word, left - 1) : -1;
      else right = text.indexOf(word, right + 1);
    }
    return found;
  };

  const judged = (page, wanted, place) => {
    const before = shareBefore(page.text, place.start, wanted.prefix);
    const after = shareAfter(page.text, place.end, wanted.suffix);
    const near = 1 - Math.min(1, Math.abs(place.start - wanted.start) / Math.max(1, page.text.length));
    const score = WEIGHTS.quote * place.likeness + WEIGHTS.before * before + WEIGHTS.after * after + WEIGHTS.position * near;
    return { ...place, context: Math.max(before, after), both: Math.min(before, after), score: score / 92 };
  };

  const best = (places) => places.reduce((one, other) => (other.score > one.score ? other : one));

  const unchanged = (page, wanted) => {
    const starts = placesOf(page.text, wanted.exact, wanted.start, MOST_PLACES);
    if (!starts.length) return null;
    const places = starts.map((start) => ({ start, end: start + wanted.exact.length, likeness: 1 }));
    const found = best(places.map((place) => judged(page, wanted, place)));
    const isSure = found.context >= ENOUGH_CONTEXT || (starts.length === 1 && wanted.exact.length >= SHORT_QUOTE);
    if (isSure) return { ...found, state: "ok" };
    return wanted.exact.length < SHORT_QUOTE ? null : { ...found, state: "drifted" };
  };

  // Where a described stretch stands in a text now: state `ok` (the same words), `drifted` (changed a little) or
  // `gone`, with start and end in that text; `work`: steps of the slow comparison.
  const find = (text, selector, { onlySame = false } = {}) => {
    const page = plainOf(text);
    const wanted = {
      exact: plain(selector.exact).text.trim(),
      prefix: plain(selector.prefix).text,
      suffix: plain(selector.suffix).text,
      start: Math.min(selector.start, page.text.length),
    };
    if (!wanted.exact) return { state: "gone", work: 0 };
    const same = unchanged(page, wanted);
    if (onlySame && !same) return { state: "gone", work: 0 };
    const found = same ?? noteChanges.nearest(page, wanted, { placesOf, judged, best });
    if (!("start" in found)) return { state: "gone", work: found.work };
    const last = found.end - 1;
    let end = page.at[found.end];
    // A sign may stand for several of the original: take them all, and no space behind.
    for (let n = found.end; page.at[n] === page.at[last] && n < page.at.length; n += 1) end = page.at[n + 1];
    while (end > page.at[last] + 1 && /\s/u.test(text[end - 1])) end -= 1;
    return { state: found.state, start: page.at[found.start], end, score: found.score, work: found.work ?? 0 };
  };

  return { describe, find, plain, CONTEXT, LONGEST_QUOTE };
})();
