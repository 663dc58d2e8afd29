// SPDX-License-Identifier: Apache-2.0
// Drives the central sampler of the X-Ray SDK for Node by lines of JSON; see central_sampling.py.
// The SDK's own timers and requests run, when a line says so, at the second that it says.
import { createRequire } from "node:module";
import readline from "node:readline";

const RealDate = Date;
let now = Number(process.env.EPOCH) * 1000;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [now] : given));
  }
  static now() {
    return now;
  }
};
const timers = [];
globalThis.setInterval = (callback) => {
  timers.push(callback);
  return { unref() {} };
};
const realTimeout = globalThis.setTimeout;
const soon = [];  // what the SDK puts off by its jitter
globalThis.setTimeout = (callback) => soon.push(callback);

const require = createRequire(import.meta.url);
const core = require("aws-xray-sdk-core");
core.setContextMissingStrategy("IGNORE_ERROR");
const sampling = "aws-xray-sdk-core/dist/lib/middleware/sampling/";
const connector = require(`${sampling}service_connector`);
const sampler = require(`${sampling}default_sampler`);

let open = 0;
let settled = () => {};
for (const name of ["fetchSamplingRules", "fetchTargets"]) {
  const fetch = connector[name];
  connector[name] = function (...given) {
    const done = given.pop();
    open += 1;
    return fetch.call(this, ...given, (...answer) => {
      done(...answer);
      open -= 1;
      settled();
    });
  };
}
// Without a timer of its own: the SDK's are ours.
async function settle() {
  for (;;) {
    while (soon.length > 0) soon.shift()();
    if (open === 0) return;
    await new Promise((resolve) => {
      settled = resolve;
    });
  }
}

sampler.started = true;  // the first decision would start the timers, and read at once
const [rulePoller, targetPoller] = [sampler.rulePoller, sampler.targetPoller];
targetPoller.start();
const reportNow = timers.pop();

async function answer(line) {
  now = (Number(process.env.EPOCH) + line.second) * 1000;
  if (line.op === "rules") rulePoller.start();
  if (line.op === "report") reportNow();
  await settle();
  if (line.op !== "decide") return {};
  const decided = sampler.shouldSample({ host: line.host, httpMethod: line.method,
    serviceName: line.service, urlPath: line.path, serviceType: line.type });
  return typeof decided === "string" ? { rule: decided } : { sampled: Boolean(decided) };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
realTimeout(() => process.exit(0), 0);
