// Reads manifests, a JSON array, from standard input; prints a line for each fault.
// A fault is a value of the wrong type, or a field that the type does not have: one that its validator never read.
import { readFileSync } from "node:fs";

const GROUPS = {
  "monitoring.coreos.com/v1": "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1",
};

async function modelOf({ apiVersion, kind }) {
  const module = await import(`${GROUPS[apiVersion] ?? `kubernetes-models/${apiVersion}`}/${kind}`);
  return module[kind];
}

/** The same data, but paths that nobody has read are left in `unread`. */
function observed(data, path, unread) {
  if (typeof data !== "object" || data === null) {
    return data;
  }
  const children = Array.isArray(data) ? [] : {};
  for (const [key, value] of Object.entries(data)) {
    const child = `${path}/${key}`;
    if (!Array.isArray(data)) {
      unread.add(child);
    }
    children[key] = observed(value, child, unread);
  }
  return new Proxy(children, {
    get(target, key) {
      unread.delete(`${path}/${String(key)}`);
      return target[key];
    },
  });
}

async function faults(manifest) {
  const model = await modelOf(manifest);
  const unread = new Set();
  const found = [];
  try {
    model.prototype.validate.call(observed(manifest, "", unread));
  } catch (e) {
    found.push(...e.message.split(", ").map((line) => line.replace(/^data/, "")));
  }
  // Within an unknown field nothing is read either: the outermost tells.
  const unknown = [...unread].filter((path) => ![...unread].some((other) => path.startsWith(`${other}/`)));
  return [...found, ...unknown.map((path) => `${path} is unknown`)];
}

for (const manifest of JSON.parse(readFileSync(0, "utf8"))) {
  for (const fault of await faults(manifest)) {
    console.log(`${manifest.kind} ${manifest.metadata.name}: ${fault}`);
  }
}
