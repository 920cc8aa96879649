// self_check_rules.js: judge answers by the rules on the page, as the server does; rules are data, never code.
// The server's side is gravida/protocol/eligibility.py; tests compare both on thousands of answers.
const selfCheckRules = (() => {
  const YES = "yes", NO = "no", UNKNOWN = "unknown";
  const TURNED = { [YES]: NO, [NO]: YES, [UNKNOWN]: UNKNOWN };
  const WHOLE = /^-?[0-9]{1,6}$/, NUMBER = /^-?[0-9]{1,6}(?:[.,][0-9]{1,6})?$/;
  const SIGNS = {
    "=": (a, b) => a === b, "!=": (a, b) => a !== b, "<": (a, b) => a < b,
    "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b,
  };
  const OTHER_SIGNS = { "−": "-", "－": "-", "٫": ",", "，": ",", "．": "." };

  const bare = () => Object.create(null); // no fact may be found that only JavaScript has, as "constructor"

  // What was typed, with Latin figures and without the spaces around it.
  const folded = (typed, rules) => {
    const zeros = [...rules.zeros].map((zero) => zero.codePointAt(0));
    const figures = [...typed].map((sign) => {
      const zero = zeros.find((one) => sign.codePointAt(0) >= one && sign.codePointAt(0) <= one + 9);
      return zero === undefined ? OTHER_SIGNS[sign] ?? sign : String(sign.codePointAt(0) - zero);
    });
    while (figures.length && rules.ignored.includes(figures[0])) figures.shift();
    while (figures.length && rules.ignored.includes(figures.at(-1))) figures.pop();
    return figures.join("");
  };

  // One answer: {told, value} as the rules take it, a value that nobody knows being null; or {wrong}.
  const readOne = (fact, given, rules) => {
    const typed = folded(given.typed ?? "", rules);
    if (given.is_unknown && typed && typed !== UNKNOWN) return { wrong: "both" };
    if (given.is_unknown || typed === UNKNOWN) return { told: UNKNOWN, value: null };
    if (typed === "") return { told: "", value: null };
    if (fact.type === "yn") return typed === YES || typed === NO ? { told: typed, value: typed } : { wrong: "choice" };
    if (!(fact.type === "int" ? WHOLE : NUMBER).test(typed)) return { wrong: "number" };
    const value = Number(typed.replace(",", "."));
    const isOutside = (fact.low !== null && value < fact.low) || (fact.high !== null && value > fact.high);
    return isOutside ? { wrong: "number" } : { told: typed, value };
  };

  const read = (rules, given) => {
    const answers = { facts: bare(), told: bare(), wrong: bare() };
    for (const fact of rules.facts.filter((one) => one.asked)) {
      const found = readOne(fact, given[fact.id] ?? {}, rules);
      if (found.wrong) answers.wrong[fact.id] = found.wrong;
      else [answers.facts[fact.id], answers.told[fact.id]] = [found.value, found.told];
    }
    return answers;
  };

  const joined = (lists) => [...new Set(lists.flat())];
  const valueOf = (term, facts) => {
    const isFact = term !== null && typeof term === "object";
    return { value: isFact ? facts[term.fact] ?? null : term, because: isFact ? [term.fact] : [] };
  };
  const compared = (sign, left, right) => {
    if (left.value === null || right.value === null) return UNKNOWN;
    return SIGNS[sign](left.value, right.value) ? YES : NO;
  };
  // Verdicts joined; `alone` is the answer that one of them suffices to give.
  const decided = (verdicts, alone) => {
    for (const answer of [alone, UNKNOWN]) {
      const deciding = verdicts.filter((verdict) => verdict.answer === answer);
      if (deciding.length) return { answer, because: joined(deciding.map((verdict) => verdict.because)) };
    }
    return { answer: TURNED[alone], because: joined(verdicts.map((verdict) => verdict.because)) };
  };

  const judge = (rule, facts) => {
    const [sign, ...parts] = rule;
    if (sign === "and" || sign === "or") return decided(parts.map((part) => judge(part, facts)), sign === "and" ? NO : YES);
    if (sign === "not") {
      const inner = judge(parts[0], facts);
      return { answer: TURNED[inner.answer], because: inner.because };
    }
    if (sign === "yes") return { answer: facts[parts[0]] ?? UNKNOWN, because: [parts[0]] };
    if (sign === "known") return { answer: (facts[parts[0]] ?? null) === null ? NO : YES, because: [parts[0]] };
    const left = valueOf(parts[0], facts);
    if (sign !== "in") {
      const right = valueOf(parts[1], facts);
      return { answer: compared(sign, left, right), because: joined([left.because, right.because]) };
    }
    const items = parts[1].map((item) => valueOf(item, facts));
    const found = new Set(items.map((item) => compared("=", left, item)));
    const answer = [YES, UNKNOWN].find((one) => found.has(one)) ?? NO;
    return { answer, because: joined([left.because, ...items.map((item) => item.because)]) };
  };

  const factsIn = (rule) => {
    if (rule !== null && typeof rule === "object" && !Array.isArray(rule)) return [rule.fact];
    if (!Array.isArray(rule)) return [];
    return rule[0] === "yes" || rule[0] === "known" ? [rule[1]] : rule.slice(1).flatMap((part) => Array.isArray(part) && rule[0] === "in" ? part.flatMap(factsIn) : factsIn(part));
  };

  const judged = (criterion, rules, facts) => {
    const verdicts = criterion.parts.map((part) => judge(part.rule, facts));
    const whole = verdicts.length === 1 ? verdicts[0] : decided(verdicts, YES);
    const asked = new Set(rules.facts.filter((fact) => fact.asked).map((fact) => fact.id));
    return {
      id: criterion.id, kind: criterion.kind, ...whole,
      unsettled: whole.answer === UNKNOWN ? whole.because.filter((name) => (facts[name] ?? null) === null) : [],
      parts: criterion.parts.map((part, place) => ({ id: part.id, ...verdicts[place] })),
      is_asked: criterion.parts.some((part) => factsIn(part.rule).some((name) => asked.has(name))),
      lets_in: criterion.kind === "inclusion" ? whole.answer : TURNED[whole.answer],
    };
  };

  const told = (results) => {
    const asked = results.filter((result) => result.is_asked);
    const ids = (some) => some.map((result) => result.id);
    const left_to_team = ids(results.filter((result) => !result.is_asked));
    const criteria = ids(asked.filter((result) => result.lets_in === NO));
    if (criteria.length) return { code: "may_rule_out", criteria, missing: [], left_to_team };
    const missing = joined(asked.filter((result) => result.lets_in === UNKNOWN).map((result) => result.unsettled));
    if (missing.length) return { code: "cannot_tell", criteria: [], missing, left_to_team };
    return { code: "nothing_rules_out", criteria: [], missing: [], left_to_team };
  };

  const assess = (rules, known) => {
    const facts = Object.assign(bare(), known);
    const results = rules.criteria.map((criterion) => judged(criterion, rules, facts));
    return { results, public: told(results) };
  };

  return { read, assess };
})();
