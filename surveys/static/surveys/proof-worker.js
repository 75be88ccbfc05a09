// Solves a challenge of ALTCHA's second protocol (PBKDF2) away from the page's own thread.
const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

onmessage = async ({ data: challenge }) => {
  const { nonce, salt, cost, keyLength, keyPrefix, algorithm } = challenge.parameters;
  const start = performance.now();
  const settings = {
    name: "PBKDF2", hash: algorithm.split("/")[1], salt: bytesOf(salt), iterations: cost,
  };
  const first = bytesOf(nonce);
  const password = new Uint8Array(first.length + 4);
  password.set(first);
  const number = new DataView(password.buffer, first.length);
  for (let counter = 0; ; counter += 1) {
    number.setUint32(0, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = hexOf(
      new Uint8Array(await crypto.subtle.deriveBits(settings, key, keyLength * 8)),
    );
    if (derivedKey.startsWith(keyPrefix)) {
      const time = Math.round(performance.now() - start);
      postMessage({ challenge, solution: { counter, derivedKey, time } });
      return;
    }
  }
};
