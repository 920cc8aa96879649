// notes_changes.js: the stretch of a text that is most like a quote that no longer stands there. Pure, bounded.
//
// Pieces of the quote that still stand somewhere vote for where it began; the few places with most votes are
// compared with it sign by sign (Sellers 1980). Work is bounded: about 8 * 1,000 * 1,600 steps.
globalThis.noteChanges = (() => {
  const PIECE = 6; // signs
  const MOST_PIECES = 60;
  const MOST_PLACES_OF_PIECE = 60;
  const BUCKET = 24; // signs by which starts may differ and still be one place
  const MOST_COMPARED = 8;
  const ENOUGH_LIKENESS = 0.75;
  const LIKENESS_WITH_CONTEXT = 0.5; // where the words before and after still stand
  const SHORT_QUOTE = 16;
  const EDGE = 8; // signs of the words before and after that fix an end

  // Starts that pieces of the quote vote for, most votes first; the old position when nobody votes.
  const candidates = (text, wanted, placesOf) => {
    const votes = new Map();
    const stride = Math.max(1, Math.ceil((wanted.exact.length - PIECE + 1) / MOST_PIECES));
    for (let offset = 0; offset + PIECE <= wanted.exact.length; offset += stride) {
      const piece = wanted.exact.slice(offset, offset + PIECE);
      for (const place of placesOf(text, piece, wanted.start + offset, MOST_PLACES_OF_PIECE)) {
        const bucket = Math.round((place - offset) / BUCKET);
        votes.set(bucket, (votes.get(bucket) ?? 0) + 1);
      }
    }
    // What stands between the old words before and after is a candidate, whatever it is.
    for (const end of wanted.prefix.trim().length > 7 ? placesOf(text, wanted.prefix, wanted.start, 4) : []) {
      votes.set(Math.round((end + wanted.prefix.length) / BUCKET), 1000);
    }
    const near = (bucket) => Math.abs(bucket * BUCKET - wanted.start);
    const ranked = [...votes].sort(([one, ones], [other, others]) => others - ones || near(one) - near(other));
    return ranked.slice(0, MOST_COMPARED).map(([bucket]) => bucket * BUCKET);
  };

  // The stretch of `window` with the fewest changes from `quote`; rows of costs, and of where each began.
  const compared = (window, quote) => {
    const columns = window.length + 1;
    let [costs, newCosts] = [new Int32Array(columns), new Int32Array(columns)];
    let [starts, newStarts] = [Int32Array.from({ length: columns }, (_, n) => n), new Int32Array(columns)];
    for (let row = 1; row <= quote.length; row += 1) {
      [newCosts[0], newStarts[0]] = [row, 0];
      for (let column = 1; column < columns; column += 1) {
        let cost = costs[column - 1] + (quote[row - 1] === window[column - 1] ? 0 : 1);
        let start = starts[column - 1];
        if (costs[column] + 1 < cost) [cost, start] = [costs[column] + 1, starts[column]];
        if (newCosts[column - 1] + 1 < cost) [cost, start] = [newCosts[column - 1] + 1, newStarts[column - 1]];
        newCosts[column] = cost;
        newStarts[column] = start;
      }
      [costs, newCosts, starts, newStarts] = [newCosts, costs, newStarts, starts];
    }
    const end = costs.indexOf(costs.reduce((one, other) => Math.min(one, other)));
    return { start: starts[end], end, cost: costs[end] };
  };

  // Where the words just before and after still stand, the place reaches from one to the other.
  const fitted = (text, place, wanted, slack, placesOf) => {
    const nearest = (word, expected) => (word.length === EDGE ? (placesOf(text, word, expected, 1)[0] ?? -1) : -1);
    const before = nearest(wanted.prefix.slice(-EDGE), place.start - EDGE);
    const after = nearest(wanted.suffix.slice(0, EDGE), place.end);
    const start = before >= 0 && Math.abs(before + EDGE - place.start) <= slack ? before + EDGE : place.start;
    const end = after > start && Math.abs(after - place.end) <= slack ? after : place.end;
    return start < end ? { ...place, start, end } : place;
  };

  // Whole words: a changed word is marked whole.
  const widened = (text, place) => {
    let { start, end } = place;
    const isWord = (sign) => sign !== undefined && /[\p{L}\p{N}]/u.test(sign);
    while (isWord(text[start - 1]) && isWord(text[start])) start -= 1;
    while (isWord(text[end]) && isWord(text[end - 1])) end += 1;
    return { ...place, start, end };
  };

  const isLikeEnough = (place, wanted) => {
    if (place.likeness >= ENOUGH_LIKENESS && (wanted.exact.length >= SHORT_QUOTE || place.context >= 0.5)) return true;
    return place.likeness >= LIKENESS_WITH_CONTEXT && place.both >= 0.6;
  };

  // { start, end, state: "drifted", score, work }, or { work } alone where nothing is like it.
  const nearest = (page, wanted, { placesOf, judged, best }) => {
    // Numbers and cases differ in meaning and not in length: letters are compared without case, and said as changed.
    const text = page.text.toLowerCase();
    const small = { ...wanted, exact: wanted.exact.toLowerCase(), prefix: wanted.prefix.toLowerCase(), suffix: wanted.suffix.toLowerCase() };
    if (text.length !== page.text.length) return { work: 0 };
    const slack = Math.ceil(small.exact.length / 4) + BUCKET;
    let work = 0;
    const places = candidates(text, small, placesOf).map((candidate) => {
      const from = Math.max(0, candidate - slack);
      const window = text.slice(from, candidate + small.exact.length + slack);
      work += window.length * small.exact.length;
      const found = compared(window, small.exact);
      const place = { start: from + found.start, end: from + found.end, likeness: 1 - found.cost / small.exact.length };
      return judged({ text }, small, fitted(text, place, small, slack, placesOf));
    });
    const alike = places.filter((place) => place.end > place.start && isLikeEnough(place, small));
    if (!alike.length) return { work };
    return { ...widened(page.text, best(alike)), state: "drifted", work };
  };

  return { nearest };
})();
