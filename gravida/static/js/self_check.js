// self_check.js: answer the self-check in place; the answers stay in this page unless she ticks them.
const place = document.querySelector("[data-self-check]");
const { rules, questions, criteria, errors, tones, words } = JSON.parse(place.dataset.selfCheck);
const form = place.querySelector("form[data-answers]");
const result = place.querySelector("[data-result]");
const summary = place.querySelector("[data-errors]");
const toTeam = place.querySelector("form[data-to-team]");
const factById = new Map(rules.facts.map((fact) => [fact.id, fact]));

const slot = (parent, name) => parent.querySelector(`[data-slot="${name}"]`);
const fill = (parent, texts) => {
  for (const [name, text] of Object.entries(texts)) slot(parent, name).textContent = text;
};
const clone = (name) => result.querySelector(`template[${name}]`).content.firstElementChild.cloneNode(true);
const answerWords = (answer) => words.choice[answer] ?? answer;

const givenNow = () => {
  const data = new FormData(form);
  const unknown = new Set(data.getAll("unknown"));
  const given = Object.create(null);
  for (const id of factById.keys()) given[id] = { typed: String(data.get(id) ?? ""), is_unknown: unknown.has(id) };
  return given;
};

const showErrors = (wrong) => {
  const list = summary.querySelector("ul");
  list.replaceChildren();
  for (const box of form.querySelectorAll("[data-question]")) {
    const id = box.dataset.question;
    const error = wrong[id] ? errors[id][wrong[id]] : "";
    const shown = document.getElementById(`q-${id}-error`);
    shown.textContent = error;
    shown.hidden = !error;
    box.classList.toggle("has-error", Boolean(error));
    box.querySelector("input[type=text]")?.setAttribute("aria-invalid", Boolean(error));
    if (!error) continue;
    const link = document.createElement("a");
    link.href = `#q-${id}`;
    link.textContent = `${questions[id]} ${error}`;
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  summary.hidden = list.children.length === 0;
  return !summary.hidden;
};

const lineOf = (label, text) => {
  const line = clone("data-line");
  fill(line, { label, text });
  return line;
};

const listIn = (step, name, texts) => {
  const box = slot(step, name);
  box.hidden = texts.length === 0;
  for (const [text, strong] of texts) {
    const item = document.createElement("li");
    item.textContent = strong === undefined ? text : `${text} `;
    if (strong !== undefined) item.append(Object.assign(document.createElement("strong"), { textContent: strong }));
    box.querySelector("ul").append(item);
  }
};

const stepOf = (one, told) => {
  const step = clone("data-step");
  const key = one.is_asked ? `${one.kind}:${one.answer}` : "not_asked";
  fill(step, { text: criteria[one.id], state: words.state[key] });
  if (tones[key]) slot(step, "state").classList.add(tones[key]);
  const open = one.is_asked ? one.unsettled.filter((id) => questions[id]) : [];
  const because = one.is_asked && !open.length ? one.because.filter((id) => questions[id]) : [];
  listIn(step, "because", because.map((id) => [questions[id], answerWords(told[id] ?? "")]));
  listIn(step, "open", open.map((id) => [questions[id]]));
  return step;
};

const showResult = (found, told) => {
  const { code, criteria: against, missing } = found.public;
  const titleKey = code === "may_rule_out" && against.length > 1 ? `${code}:many` : code;
  fill(result, { title: words.title[titleKey], before: words.before[code], after: words.after[code] });
  const kinds = new Map(rules.criteria.map((one) => [one.id, one.kind]));
  slot(result, "lines").replaceChildren(
    ...against.map((id) => lineOf(words.label[kinds.get(id)], criteria[id])),
    ...missing.filter((id) => questions[id]).map((id) => lineOf("", questions[id])),
  );
  slot(result, "trace").replaceChildren(...found.results.map((one) => stepOf(one, told)));
  result.querySelector("[data-verdict]").classList.toggle("careful", code === "may_rule_out");
};

// The answers enter the form to the team when a box is ticked, and leave it when it is unticked.
const offer = (told) => {
  if (!toTeam) return;
  const put = () => {
    for (const [name, tick, isSensitive] of [["self_check", "attach_self_check", false], ["self_check_sensitive", "attach_self_check_sensitive", true]]) {
      const ids = [...factById.values()].filter((fact) => fact.asked && fact.sensitive === isSensitive && told[fact.id]).map((fact) => fact.id);
      const isTicked = Boolean(toTeam.elements[tick]?.checked);
      toTeam.elements[name].value = isTicked && ids.length ? JSON.stringify(Object.fromEntries(ids.map((id) => [id, told[id]]))) : "";
    }
  };
  toTeam.onchange = put;
  put();
};

const setAfterResult = (isShown) => {
  result.hidden = !isShown;
  for (const part of place.querySelectorAll("[data-after-result]")) part.hidden = !isShown;
};

place.querySelector("[data-with-script]").hidden = false;
place.querySelector("[data-without-script]").hidden = true;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const answers = selfCheckRules.read(rules, givenNow());
  if (showErrors(answers.wrong)) {
    setAfterResult(false);
    summary.focus();
    return;
  }
  showResult(selfCheckRules.assess(rules, answers.facts), answers.told);
  offer(answers.told);
  setAfterResult(true);
  document.getElementById("result-h").focus();
});
