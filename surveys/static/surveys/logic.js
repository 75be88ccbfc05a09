/**
 * Conditions and paths in the browser: the twin of `surveys/questionnaire/logic` (Python).
 *
 * The server is the authority; this module only shows and hides sooner. It has no dependencies and
 * runs in browsers and in Node. Its meaning is written in docs/logic.md; shared vectors and a fuzzer
 * (tests/surveys) compare both engines. Change both or neither.
 *
 * Values: null is blank; numbers are finite and never -0; texts are never empty; several choices
 * are an array of codes without repeats; `Missing` is don't know (-9) or refused (-8) in a number,
 * date or time question.
 */

export class Missing {
  constructor(code) {
    this.code = code;
  }
}

const DONT_KNOW = new Missing(-9);
const REFUSED = new Missing(-8);
const NOT_ASKED = "-7";
const OWN = ".";
const MAX_PATTERN_TEXT = 5000;

/* ---------------------------------------------------------------- values */

const NUMBER = /^[ \t\r\n]*(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))[ \t\r\n]*$/;
const TIME = /^([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.[0-9]{1,6})?)?$/;
const ISO_DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

const own = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const signs = (text) => Array.from(text);

/** The number, blank when it is not finite, 0 for -0. */
function finite(number) {
  return Number.isFinite(number) ? number + 0 : null;
}

function numberFromText(text) {
  if (signs(text).length > 400) return null;
  const match = NUMBER.exec(text);
  return match ? finite(Number(match[1])) : null;
}

/** Days from 1970-01-01 to an ISO date, or null when it names no day of the years 1 to 9999. */
function daysOf(text) {
  if (!ISO_DATE.test(text)) return null;
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8, 10));
  if (year < 1 || month < 1 || month > 12) return null;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  if (day < 1 || day > lengths[month - 1]) return null;
  const before = year - 1;
  let days = before * 365 + Math.floor(before / 4) - Math.floor(before / 100);
  days += Math.floor(before / 400) + day - 719163;
  for (let index = 0; index < month - 1; index += 1) days += lengths[index];
  return days;
}

/** The ISO date this many days after 1970-01-01, blank outside the years 1 to 9999. */
function dateFromDays(days) {
  if (!(days >= -719162 && days <= 2932896)) return null;
  const shifted = Math.trunc(days) + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const pad = (number, width) => String(number).padStart(width, "0");
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** Seconds since midnight of a time of day such as 08:30, or null. */
function secondsOfTime(text) {
  const match = TIME.exec(text);
  return match ? Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] || 0) : null;
}

/** Seconds since 1970-01-01T00:00 on the same clock of a day with a time, or null. */
function secondsOfMoment(text) {
  if (text[10] !== "T" && text[10] !== " ") return null;
  const days = daysOf(text.slice(0, 10));
  const seconds = secondsOfTime(text.slice(11));
  return days === null || seconds === null ? null : days * 86400 + seconds;
}

function textOf(value) {
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.join(" ");
  return "";
}

const asNumber = (value) => (typeof value === "number" ? value : null);
const asDate = (value) => (typeof value === "string" ? daysOf(value) : null);
const asTime = (value) => (typeof value === "string" ? secondsOfTime(value) : null);
const asMoment = (value) => (typeof value === "string" ? secondsOfMoment(value) : null);
const asText = (value) => (typeof value === "string" && value !== "" ? value : null);
const isBlank = (value) =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

/** The answer to `code` as a value of the static type `kind`; what does not fit is blank. */
export function answer(answers, code, kind) {
  const slash = code.indexOf("/");
  const question = slash < 0 ? code : code.slice(0, slash);
  let raw = own(answers, question) ? answers[question] : null;
  if (slash >= 0 && slash < code.length - 1) {
    const row = code.slice(slash + 1);
    raw = isObject(raw) && own(raw, row) ? raw[row] : null;
  }
  switch (kind) {
    case "number":
      return numberAnswer(raw);
    case "date":
    case "time":
    case "datetime":
      if (raw === "-9" || raw === -9) return DONT_KNOW;
      if (raw === "-8" || raw === -8) return REFUSED;
      return typeof raw === "string" && CALENDAR[kind](raw) !== null ? raw : null;
    case "text":
      return typeof raw === "string" && raw !== "" && raw !== NOT_ASKED ? raw : null;
    case "single":
      return typeof raw === "string" && raw !== "" && raw !== NOT_ASKED ? raw : null;
    case "multi": {
      const codes = typeof raw === "string" ? [raw] : Array.isArray(raw) ? raw : [];
      const kept = [...new Set(codes.filter((part) => typeof part === "string" && part !== "" && part !== NOT_ASKED))];
      return kept.length ? kept : null;
    }
    case "bool":
      return typeof raw === "boolean" ? raw : null;
    default:
      return null;
  }
}

const CALENDAR = { date: daysOf, time: secondsOfTime, datetime: secondsOfMoment };

/** What a calculation gives, as it reads once stored: -9 and -8 are missing codes, -7 is blank. */
export function calculated(value) {
  if (typeof value === "number") return numberAnswer(value);
  return value === NOT_ASKED || isBlank(value) ? null : value;
}

function numberAnswer(raw) {
  let number = null;
  if (typeof raw === "string") number = numberFromText(raw);
  else if (typeof raw === "number") number = finite(raw);
  if (number === -9) return DONT_KNOW;
  if (number === -8) return REFUSED;
  return number === -7 ? null : number;
}

/* -------------------------------------------------------------- patterns */

const LAST = 0x10ffff;
const SETS = { d: [[48, 57]], w: [[48, 57], [65, 90], [95, 95], [97, 122]], s: [[9, 13], [32, 32]] };
const CONTROLS = { t: 9, n: 10, r: 13, f: 12, v: 11 };
const MAX_STATES = 2000;
const MAX_REPEAT = 1000;
const MAX_NESTING = 50;

class PatternError extends Error {}

function negated(ranges) {
  const out = [];
  let at = 0;
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (low > at) out.push([at, low - 1]);
    at = Math.max(at, high + 1);
  }
  if (at <= LAST) out.push([at, LAST]);
  return out;
}

/** Recursive descent over a pattern; the language is described in docs/logic.md. */
class Pattern {
  constructor(text) {
    this.text = signs(text);
    this.at = 0;
    this.depth = 0;
  }

  fail() {
    return new PatternError(`pattern cannot be used at ${this.at}`);
  }

  peek() {
    return this.at < this.text.length ? this.text[this.at] : "";
  }

  take() {
    const sign = this.peek();
    this.at += 1;
    return sign;
  }

  whole() {
    const tree = this.alternatives();
    if (this.peek()) throw this.fail();
    return tree;
  }

  alternatives() {
    this.depth += 1;
    if (this.depth > MAX_NESTING) throw this.fail();
    const branches = [this.sequence()];
    while (this.peek() === "|") {
      this.take();
      branches.push(this.sequence());
    }
    this.depth -= 1;
    return branches.length === 1 ? branches[0] : ["any", branches];
  }

  sequence() {
    const parts = [];
    while (!["", "|", ")"].includes(this.peek())) parts.push(this.repeated(this.atom()));
    return ["all", parts];
  }

  repeated(part) {
    const sign = this.peek();
    if (sign === "{") return this.counted(part);
    if (!["*", "+", "?"].includes(sign)) return part;
    this.take();
    return this.finished(part, sign === "+" ? 1 : 0, sign === "?" ? 1 : null);
  }

  counted(part) {
    const end = this.text.indexOf("}", this.at);
    const body = end > 0 ? this.text.slice(this.at + 1, end).join("") : "";
    const match = /^([0-9]{1,4})(,([0-9]{1,4})?)?$/.exec(body);
    if (!match) throw this.fail();
    const low = Number(match[1]);
    const high = match[3] !== undefined ? Number(match[3]) : match[2] ? null : low;
    if (low > MAX_REPEAT || (high !== null && (high > MAX_REPEAT || high < low))) throw this.fail();
    this.at = end + 1;
    return this.finished(part, low, high);
  }

  finished(part, low, high) {
    if (this.peek() === "?") this.take();
    if (["*", "+", "?", "{"].includes(this.peek())) throw this.fail();
    return ["repeat", part, low, high];
  }

  atom() {
    const sign = this.take();
    if (sign === "(") {
      if (this.peek() === "?") {
        if (this.text[this.at + 1] !== ":") throw this.fail();
        this.at += 2;
      }
      const tree = this.alternatives();
      if (this.take() !== ")") throw this.fail();
      return tree;
    }
    if (sign === "[") return ["char", this.setOfSigns()];
    if (sign === ".") return ["char", negated([[10, 10]])];
    if (sign === "^") return ["start"];
    if (sign === "$") return ["end"];
    if (sign === "\\") return ["char", this.escape()];
    if (["*", "+", "?", "{"].includes(sign)) throw this.fail();
    return ["char", [[sign.codePointAt(0), sign.codePointAt(0)]]];
  }

  escape() {
    const sign = this.take();
    if (sign && own(SETS, sign)) return SETS[sign];
    if (/^[DWS]$/.test(sign)) return negated(SETS[sign.toLowerCase()]);
    if (own(CONTROLS, sign)) return [[CONTROLS[sign], CONTROLS[sign]]];
    if (sign === "u") {
      const digits = this.text.slice(this.at, this.at + 4).join("");
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.fail();
      this.at += 4;
      return [[parseInt(digits, 16), parseInt(digits, 16)]];
    }
    if (!sign || /^[0-9A-Za-z]$/.test(sign)) throw this.fail();
    return [[sign.codePointAt(0), sign.codePointAt(0)]];
  }

  setOfSigns() {
    const negate = this.peek() === "^";
    if (negate) this.take();
    const ranges = [];
    while (this.peek() !== "]") {
      if (!this.peek()) throw this.fail();
      const first = this.member();
      const after = this.at + 1 < this.text.length ? this.text[this.at + 1] : "";
      if (this.peek() === "-" && after !== "]" && after !== "" && first.length === 1) {
        this.take();
        const last = this.member();
        if (first[0][0] !== first[0][1] || last.length !== 1 || last[0][0] !== last[0][1]) throw this.fail();
        if (last[0][0] < first[0][0]) throw this.fail();
        ranges.push([first[0][0], last[0][0]]);
      } else {
        ranges.push(...first);
      }
    }
    this.take();
    if (!ranges.length) throw this.fail();
    return negate ? negated(ranges) : ranges;
  }

  member() {
    const sign = this.take();
    if (sign === "\\") return this.escape();
    if (sign === "[") throw this.fail();
    return [[sign.codePointAt(0), sign.codePointAt(0)]];
  }
}

/** A pattern as an automaton: [kind, argument, next]. */
class Program {
  constructor(tree) {
    this.steps = [];
    this.emit(tree);
    this.add("match");
  }

  add(kind, first = null) {
    if (this.steps.length >= MAX_STATES) throw new PatternError("pattern is too large");
    this.steps.push([kind, first, 0]);
    return this.steps.length - 1;
  }

  emit(tree) {
    const [kind] = tree;
    if (kind === "char") this.add("char", tree[1]);
    else if (kind === "start" || kind === "end") this.add(kind);
    else if (kind === "all") for (const part of tree[1]) this.emit(part);
    else if (kind === "any") this.emitAny(tree[1]);
    else this.emitRepeat(tree[1], tree[2], tree[3]);
  }

  emitAny(branches) {
    const ends = [];
    for (const branch of branches.slice(0, -1)) {
      const split = this.add("split");
      this.steps[split][1] = split + 1;
      this.emit(branch);
      ends.push(this.add("split"));
      this.steps[split][2] = this.steps.length;
    }
    this.emit(branches[branches.length - 1]);
    for (const end of ends) this.steps[end][1] = this.steps[end][2] = this.steps.length;
  }

  emitRepeat(part, low, high) {
    for (let index = 0; index < low; index += 1) this.emit(part);
    if (high === null) {
      const split = this.add("split");
      this.steps[split][1] = split + 1;
      this.emit(part);
      const back = this.add("split");
      this.steps[back][1] = this.steps[back][2] = split;
      this.steps[split][2] = this.steps.length;
      return;
    }
    const splits = [];
    for (let index = low; index < high; index += 1) {
      const split = this.add("split");
      this.steps[split][1] = split + 1;
      splits.push(split);
      this.emit(part);
    }
    for (const split of splits) this.steps[split][2] = this.steps.length;
  }
}

const programs = new Map();

function program(pattern) {
  if (!programs.has(pattern)) {
    let steps = null;
    try {
      steps = new Program(new Pattern(pattern).whole()).steps;
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
    }
    if (programs.size > 512) programs.clear();
    programs.set(pattern, steps);
  }
  return programs.get(pattern);
}

function closure(steps, states, at, length) {
  const seen = new Set();
  const waiting = [...states];
  while (waiting.length) {
    const state = waiting.pop();
    if (seen.has(state)) continue;
    seen.add(state);
    const [kind, first, second] = steps[state];
    if (kind === "split") waiting.push(first, second);
    else if ((kind === "start" && at === 0) || (kind === "end" && at === length)) waiting.push(state + 1);
  }
  return seen;
}

/** Whether the whole text matches; an unusable pattern and a very long text do not. */
export function matches(pattern, text) {
  const characters = signs(text);
  if (characters.length > MAX_PATTERN_TEXT) return false;
  const steps = program(pattern);
  if (!steps) return false;
  let current = closure(steps, [0], 0, characters.length);
  for (let index = 0; index < characters.length; index += 1) {
    const code = characters[index].codePointAt(0);
    const following = [];
    for (const state of current) {
      const [kind, ranges] = steps[state];
      if (kind === "char" && ranges.some(([low, high]) => low <= code && code <= high)) following.push(state + 1);
    }
    if (!following.length) return false;
    current = closure(steps, following, index + 1, characters.length);
  }
  for (const state of current) if (steps[state][0] === "match") return true;
  return false;
}

/* ------------------------------------------------------------ evaluation */

/** Blank equals blank only; a missing code equals its own number only; types never mix. */
function equal(left, right) {
  if (isBlank(left) || isBlank(right)) return isBlank(left) && isBlank(right);
  const a = left instanceof Missing ? left.code : left;
  const b = right instanceof Missing ? right.code : right;
  if (Array.isArray(a) || Array.isArray(b)) return false;
  return typeof a === typeof b && a === b;
}

function ordered(test) {
  return (left, right) => {
    for (const measure of [asNumber, asDate, asTime, asMoment]) {
      const first = measure(left);
      const second = measure(right);
      if (first !== null && second !== null) return test(first, second);
    }
    return false;
  };
}

function moved(day, number) {
  const start = asDate(day);
  if (start === null || number === null || Math.abs(number) > 1e8) return null;
  return dateFromDays(start + Math.trunc(number));
}

function add(left, right) {
  const first = asNumber(left);
  const second = asNumber(right);
  if (first !== null && second !== null) return finite(first + second);
  return asDate(left) !== null ? moved(left, second) : moved(right, first);
}

function subtract(left, right) {
  const first = asNumber(left);
  const second = asNumber(right);
  if (first !== null && second !== null) return finite(first - second);
  const start = asDate(left);
  const end = asDate(right);
  if (start !== null && end !== null) return start - end;
  return moved(left, second === null ? null : -second);
}

function arithmetic(operation, zero = true) {
  return (left, right) => {
    const first = asNumber(left);
    const second = asNumber(right);
    if (first === null || second === null || (!zero && second === 0)) return null;
    return finite(operation(first, second));
  };
}

const codesOf = (value) => (Array.isArray(value) ? value : typeof value === "string" && value !== "" ? [value] : []);

function selectedAt(value, index) {
  const codes = codesOf(value);
  const position = asNumber(index);
  if (position === null || position !== Math.floor(position) || position < 0 || position >= codes.length) return null;
  return codes[position];
}

function toNumber(value) {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string") return numberFromText(value);
  return asNumber(value);
}

function toInt(value) {
  const number = asNumber(toNumber(value));
  return number === null ? null : finite(Math.trunc(number));
}

/** Half rounds up, toward plus infinity: 2.5 is 3 and -2.5 is -2. */
function round(value, digits = 0) {
  const number = asNumber(toNumber(value));
  const places = asNumber(digits);
  if (number === null || places === null || places !== Math.floor(places) || Math.abs(places) > 15) return null;
  let scale = 1;
  for (let index = 0; index < Math.abs(places); index += 1) scale *= 10;
  const scaled = finite(places >= 0 ? number * scale : number / scale);
  if (scaled === null) return null;
  let whole = Math.floor(scaled);
  if (scaled - whole >= 0.5) whole += 1;
  return finite(places >= 0 ? whole / scale : whole * scale);
}

function coalesce(first, second) {
  if (isBlank(first) || first instanceof Missing) return second instanceof Missing ? null : second;
  return first;
}

function extreme(choose) {
  return (...values) => {
    const numbers = values.map(asNumber).filter((number) => number !== null);
    if (numbers.length) return numbers.reduce((a, b) => choose(a, b));
    const days = values.map(asDate).filter((day) => day !== null);
    return days.length ? dateFromDays(days.reduce((a, b) => choose(a, b))) : null;
  };
}

function sum(...values) {
  let total = null;
  for (const value of values) {
    const number = asNumber(value);
    if (number !== null) total = total === null ? number : total + number;
  }
  return total === null ? null : finite(total);
}

function toDate(value) {
  const text = asText(value);
  if (text === null) return null;
  const characters = signs(text);
  if (characters.length > 10 && !["T", " "].includes(characters[10])) return null;
  const start = characters.slice(0, 10).join("");
  return daysOf(start) !== null ? start : null;
}

function texts(test) {
  return (value, part) => {
    const text = asText(value);
    const sought = asText(part);
    return text !== null && sought !== null && test(text, sought);
  };
}

const FUNCTIONS = {
  "=": equal,
  "!=": (left, right) => !equal(left, right),
  "<": ordered((a, b) => a < b),
  "<=": ordered((a, b) => a <= b),
  ">": ordered((a, b) => a > b),
  ">=": ordered((a, b) => a >= b),
  "+": add,
  "-": subtract,
  "*": arithmetic((a, b) => a * b),
  div: arithmetic((a, b) => a / b, false),
  mod: arithmetic((a, b) => a % b, false),
  neg: (value) => (asNumber(value) === null ? null : finite(-value)),
  selected: (value, code) => asText(code) !== null && codesOf(value).includes(code),
  "count-selected": (value) => codesOf(value).length,
  "selected-at": selectedAt,
  "string-length": (value) => signs(asText(value) || "").length,
  regex: texts((text, pattern) => matches(pattern, text)),
  contains: texts((text, part) => text.includes(part)),
  "starts-with": texts((text, part) => text.startsWith(part)),
  concat: (...values) => values.map(textOf).join("") || null,
  number: toNumber,
  int: toInt,
  round,
  coalesce,
  min: extreme((a, b) => (b < a ? b : a)),
  max: extreme((a, b) => (b > a ? b : a)),
  sum,
  date: toDate,
  true: () => true,
  false: () => false,
  position: () => 1,
};

function valueOf(node, context) {
  if (own(node, "ref")) {
    if (node.ref === OWN) return context.own ? context.read(context.own) : null;
    return context.read(node.ref);
  }
  if (own(node, "value")) {
    if (node.value === "") return null;
    return typeof node.value === "number" ? finite(node.value) : node.value;
  }
  if (own(node, "unparsed")) return null;
  const args = node.args || [];
  const holds = (arg) => valueOf(arg, context) === true;
  switch (node.op) {
    case "and":
      return args.every(holds);
    case "or":
      return args.some(holds);
    case "not":
      return !holds(args[0]);
    case "if":
      return valueOf(args[holds(args[0]) ? 1 : 2], context);
    case "once": {
      const current = context.own ? context.read(context.own) : null;
      return isBlank(current) ? valueOf(args[0], context) : current;
    }
    case "today":
      return context.today;
    case "now":
      return context.now;
    default:
      return FUNCTIONS[node.op](...args.map((arg) => valueOf(arg, context)));
  }
}

/**
 * The value of a tree. `types` maps each reference to its static type, `today` and `now` are ISO
 * texts given by the server (the wave's wall clock), `own` is the code behind ".", `onPath(code)`
 * tells which answers exist.
 */
export function evaluate(tree, answers, { types, today, now, own: code = null, onPath = null }) {
  const read = (name) =>
    onPath && !onPath(name) ? null : answer(answers, name, own(types, name) ? types[name] : null);
  return valueOf(tree, { read, own: code, today, now });
}

/** Whether the answer to `own` keeps its constraint; blank and missing codes always do. */
export function satisfies(tree, answers, options) {
  if (!tree) return true;
  const { types, own: code } = options;
  const value = answer(answers, code, own(types, code) ? types[code] : null);
  if (isBlank(value) || value instanceof Missing || value === "-9" || value === "-8") return true;
  return evaluate(tree, answers, options) === true;
}

/* ------------------------------------------------------------------ path */

const KINDS = {
  single: "single",
  consent: "single",
  multiple: "multi",
  rank: "multi",
  scale: "number",
  number: "number",
  text: "text",
  date: "date",
  time: "time",
  datetime: "datetime",
};

/** Reference to static type, matrix rows included and calculated values not, of a document. */
export function typesOf(document) {
  const types = {};
  for (const page of document.pages) {
    for (const question of page.questions) {
      if (question.kind === "matrix") {
        for (const row of question.rows || []) types[`${question.code}/${row.code}`] = "single";
      } else if (own(KINDS, question.kind)) {
        types[question.code] = KINDS[question.kind];
      }
    }
  }
  return types;
}

/**
 * The path that `answers` make through a questionnaire document: shown pages with the codes of
 * their questions, the set of all questions on the path, and a map of the calculated values, all
 * decided in document order. Values that were sent for calculated codes are never read.
 */
export function path(document, answers, { today, now, types = typesOf(document) }) {
  const decided = new Set();
  const values = new Map();
  const read = (code) => {
    if (values.has(code)) return values.get(code);
    const question = code.split("/", 1)[0];
    return decided.has(question) ? answer(answers, code, own(types, code) ? types[code] : null) : null;
  };
  const context = { read, own: null, today, now };
  const holds = (node) => !node || own(node, "unparsed") || valueOf(node, context) === true;
  const pages = [];
  for (const page of document.pages) {
    if (!holds(page.relevant)) continue;
    const questions = [];
    const choices = {};
    for (const question of page.questions) {
      if (!holds(question.relevant)) continue;
      if (question.kind === "calculate") {
        values.set(question.code, question.calculation ? calculated(valueOf(question.calculation, context)) : null);
        decided.add(question.code);
        continue;
      }
      const offered = question.choices || [];
      if (offered.some((choice) => choice.relevant)) {
        choices[question.code] = offered.filter((choice) => holds(choice.relevant)).map((choice) => choice.code);
      }
      questions.push(question.code);
      decided.add(question.code);
    }
    if (questions.length) pages.push({ code: page.code, questions, choices });
  }
  return { pages, questions: decided, calculated: values };
}
