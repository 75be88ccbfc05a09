// Runs logic vectors in the browser's engine: node run_vectors.mjs LOGIC.js VECTORS.json
// Prints the cases whose value differs from the one Python gave and exits with 1 if there is any.
import { readFile } from "node:fs/promises";

const [enginePath, vectorsPath] = process.argv.slice(2);
const source = await readFile(enginePath);
const { Missing, evaluate, path, satisfies } = await import(
  `data:text/javascript;base64,${source.toString("base64")}`
);
const { types, today, now, cases, constraints = [], paths = [] } = JSON.parse(await readFile(vectorsPath, "utf8"));

const plain = (value) => {
  if (value === undefined) return { undefined: true };
  return value instanceof Missing ? { missing: value.code } : value;
};
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const different = [];
const compare = (kind, index, found, expected, input) => {
  if (!same(found, expected)) different.push({ kind, index, found, expected, input });
};

for (const [index, [tree, answers, expected, own]] of cases.entries()) {
  let found;
  try {
    found = plain(evaluate(tree, answers, { types, today, now, own: own ?? null }));
  } catch (error) {
    found = { error: String(error) };
  }
  compare("value", index, found, expected, { tree, answers, own });
}
for (const [index, [tree, answers, expected, own]] of constraints.entries()) {
  compare("constraint", index, satisfies(tree, answers, { types, today, now, own }), expected, { tree, answers, own });
}
// Calculated values as they are stored: a blank has no entry, a missing code is a text.
const stored = (values) =>
  Object.fromEntries(
    [...values]
      .filter(([, value]) => value !== null)
      .map(([code, value]) => [code, value instanceof Missing ? String(value.code) : value]),
  );

for (const [index, [document, answers, expected, onPath, values]] of paths.entries()) {
  const found = path(document, answers, { today, now });
  const pages = found.pages.map((page) => [page.code, page.questions, page.choices]);
  compare("path", index, pages, expected, { answers });
  compare("questions", index, [...found.questions], onPath, { answers });
  compare("calculated", index, stored(found.calculated), values, { document, answers });
}

console.log(`${cases.length + constraints.length + paths.length} compared, ${different.length} differ`);
for (const line of different.slice(0, 10)) console.log(JSON.stringify(line));
process.exit(different.length ? 1 : 0);
