// The proof of work of open links: found by a worker once the page is there, sent with the form.

/** Find the proof for the form's `field`; `settled` resolves to whether there is one. */
export function prove(field) {
  const proof = { isSettled: !field, settled: Promise.resolve(false) };
  if (!field) return proof;
  proof.settled = find(field).catch(() => "").then((payload) => {
    field.value = payload;
    proof.isSettled = true;
    return payload !== "";
  });
  return proof;
}

async function find({ dataset }) {
  if (document.readyState !== "complete") {
    await new Promise((resolve) => window.addEventListener("load", resolve, { once: true }));
  }
  if (!globalThis.crypto?.subtle || !globalThis.Worker) return "";
  const answer = await fetch(dataset.proof, { credentials: "same-origin" });
  const challenge = answer.ok ? await answer.json() : {};
  if (!challenge.parameters) return "";
  const worker = new Worker(dataset.worker);
  try {
    return await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(btoa(JSON.stringify(data)));
      worker.onerror = reject;
      worker.postMessage(challenge);
    });
  } finally {
    worker.terminate();
  }
}
