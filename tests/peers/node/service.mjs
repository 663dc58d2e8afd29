// SPDX-License-Identifier: Apache-2.0
// A small service under the X-Ray SDK for Node, as its users write one: the SDK's middleware around
// each request, automatic mode, its patched http module. node_sdk_test.py drives it.
//
//   GET /order?call=URL   every block of a document; calls URL
//   GET /fail             throws
//   GET /steps?count=N    N subsegments, open at the same time
//   GET /rules            the sampling rules that the SDK has taken from the daemon's address
//   GET /report           reports what was sampled; answers the targets that came back
import http from "node:http";
import { createRequire } from "node:module";
import AWSXRay from "aws-xray-sdk-core";

// The SDK asks for targets every ten seconds; a test asks in the SDK's own words, but at once.
const require = createRequire(import.meta.url);
const sampling = "aws-xray-sdk-core/dist/lib/middleware/sampling/";
const cache = require(`${sampling}rule_cache`);
const connector = require(`${sampling}service_connector`);

AWSXRay.middleware.setDefaultName("node-peer");
AWSXRay.setContextMissingStrategy("RUNTIME_ERROR");
AWSXRay.captureHTTPsGlobal(http, true);

const get = (url) =>
  new Promise((resolve, reject) => {
    http.get(url, (answer) => answer.resume().on("end", () => resolve(answer.statusCode)))
      .on("error", reject);
  });

function query(segment) {
  const call = segment.addNewSubsegment("ledger@db.example");
  const sql = new AWSXRay.database.SqlData("15.4", "pg", "app", "postgres://db.example/ledger",
    "statement");
  call.addSqlData(sql);
  call.namespace = "remote";
  call.close();
}

async function order(url) {
  const segment = AWSXRay.getSegment();
  segment.setUser("ada");
  segment.addAnnotation("tenant_id", "acme");
  segment.addAnnotation("amount", 4.5);
  segment.addAnnotation("first", true);
  segment.addMetadata("cart", { items: [1, { "é": null }] }, "shop");
  query(segment);
  return { called: await get(url.searchParams.get("call")) };
}

function steps(count) {
  // The SDK sends ahead what ends while more than a hundred are open.
  const segment = AWSXRay.getSegment();
  const open = Array.from({ length: count }, (_, number) =>
    segment.addNewSubsegment(`step ${number}`));
  for (const step of open) step.close();
  return {};
}

function fail() {
  const step = AWSXRay.getSegment().addNewSubsegment("price");
  try {
    throw new RangeError("no list price");
  } catch (error) {
    step.close(error);
  }
  return {};
}

const rules = () => cache.getRules().map((rule) => rule.getName());

const report = () =>
  new Promise((resolve, reject) => {
    connector.fetchTargets(cache.getRules(), (error, targets) => {
      if (error) return reject(error);
      cache.loadTargets(targets);
      return resolve(targets);
    });
  });

async function answer(url) {
  if (url.pathname === "/order") return order(url);
  if (url.pathname === "/fail") return fail();
  if (url.pathname === "/steps") return steps(Number(url.searchParams.get("count")));
  return { unknown: url.pathname };
}

async function traced(request, response, url) {
  // What aws-xray-sdk-express does for each request.
  const header = AWSXRay.middleware.processHeaders(request);
  const segment = new AWSXRay.Segment("node-peer", header.root, header.parent);
  AWSXRay.middleware.resolveSampling(header, segment, response);
  segment.addIncomingRequestData(new AWSXRay.middleware.IncomingRequestData(request));
  const body = await AWSXRay.getNamespace().runAndReturn(() => {
    AWSXRay.setSegment(segment);
    return answer(url);
  });
  segment.http.close(response);
  segment.close();
  return { ...body, trace: segment.trace_id, id: segment.id, sampled: !segment.notTraced };
}

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, "http://service");
  try {
    const untraced = { "/rules": rules, "/report": report }[url.pathname];
    const body = untraced ? await untraced() : await traced(request, response, url);
    response.end(JSON.stringify(body));
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error.stack));
  }
});
server.listen(0, "127.0.0.1", () => {
  console.log(`node-peer ready: http://127.0.0.1:${server.address().port}`);
});
process.on("SIGTERM", () => process.exit(0));
