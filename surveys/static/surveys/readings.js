// What a form holds, read as surveys/answers.py reads it on the server: change both or neither.

// The zeros of scripts whose digits people type: Latin, Arabic, Persian, Devanagari, Tamil, Thai,
// Lao, Burmese, Khmer and full width.
const ZEROS = [0x30, 0x660, 0x6f0, 0x966, 0xbe6, 0xe50, 0xed0, 0x1040, 0x17e0, 0xff10];

function latin(text) {
  return Array.from(text, (sign) => {
    const code = sign.codePointAt(0);
    const zero = ZEROS.find((first) => code >= first && code <= first + 9);
    return zero === undefined ? sign : String(code - zero);
  }).join("");
}

function numberOf(text, decimals) {
  const found = /^-?\d{1,15}(?:[.,](\d+))?$/.exec(latin(text.replace(/[ \u00a0]/g, "")));
  // More digits after the point than the question takes: the server asks to shorten it.
  if (!found || (found[1] || "").replace(/0+$/, "").length > decimals) return undefined;
  const number = Number(found[0].replace(",", "."));
  // However it is written, the number -9 would be read as "don't know".
  return [-9, -8, -7].includes(number) ? undefined : number;
}

function rankOf(data, name) {
  const places = [];
  for (const [key, value] of data) {
    if (key.startsWith(`${name}/`) && value) places.push([Number(value), key.slice(name.length + 1)]);
  }
  return places.sort((a, b) => a[0] - b[0]).map(([, code]) => code);
}

function rowsOf(data, name) {
  const rows = {};
  for (const [key, value] of data) {
    if (key.startsWith(`${name}/`) && value) rows[key.slice(name.length + 1)] = value;
  }
  return rows;
}

/** The answer to `code` that `data` (a FormData) holds, as the server would read it; else undefined.
 * `decimals` are the digits a number may have after the point. */
export function valueOf(data, code, kind, decimals = 0) {
  const name = `q/${code}`;
  const values = data.getAll(name).filter((value) => value !== "");
  if (kind === "multiple") return values.length ? values : undefined;
  if (kind === "matrix") return rowsOf(data, name);
  if (kind === "rank") return rankOf(data, name);
  const missing = data.get(`${name}/missing`);
  if (missing) return missing;
  if (values[0] === undefined) return undefined;
  if (kind === "number" || kind === "scale") {
    return values[0] === "-9" || values[0] === "-8" ? values[0] : numberOf(values[0], decimals);
  }
  return kind === "text" ? values[0].replace(/\r\n?/g, "\n").normalize("NFC").trim() : values[0];
}
