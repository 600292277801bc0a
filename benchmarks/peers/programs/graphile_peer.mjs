// graphile-worker behind the common command line: node graphile_peer.mjs COMMAND JSON, with BENCH_URL, BENCH_MARKS and
// BENCH_NODE_MODULES set. Its fast preset: a local queue, completions in batches.
import { appendFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const require = createRequire(path.join(process.env.BENCH_NODE_MODULES, "package.json"));
const { makeWorkerUtils, run, Logger } = require("graphile-worker");
const [, , command, text] = process.argv;
const options = JSON.parse(text ?? "{}");
const connectionString = process.env.BENCH_URL;
const logger = new Logger(() => () => {});
const now = () => (performance.timeOrigin + performance.now()) / 1000;
const mark = (line) => appendFileSync(process.env.BENCH_MARKS, `${line}\n`);
const say = (answer) => console.log(JSON.stringify(answer));

let isFirst = true;
const taskList = {
  noop: async () => {
    if (isFirst) mark(`first ${process.pid} ${now()}`);
    isFirst = false;
  },
  stamp: async ({ sent_at }) => mark(`stamp ${sent_at} ${now()}`),
  slow: async ({ seconds }) => {
    mark(`begin ${process.pid} ${now()}`);
    await sleep(seconds * 1000);
    mark(`end ${process.pid} ${now()}`);
  },
};
const argumentsOf = (kind) => (kind === "slow" ? { seconds: 5 } : { k: 1 });

async function work({ concurrency, pool, localQueue }) {
  const fast = localQueue ? { localQueue: { size: localQueue }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } : {};
  const worker = { logger, connectionString, concurrentJobs: concurrency, maxPoolSize: pool, ...fast };
  await run({ logger, connectionString, taskList, noHandleSignals: true, preset: { worker } });
}

const commands = {
  setup: async (utils) => utils.migrate(),
  enqueue: async (utils, { kind, n, batch }) => {
    const payload = argumentsOf(kind);
    const began = now();
    if (batch === 1) for (let i = 0; i < n; i++) await utils.addJob(kind, payload);
    else
      for (let i = 0; i < n; i += batch)
        await utils.addJobs(Array.from({ length: Math.min(batch, n - i) }, () => ({ identifier: kind, payload })));
    return { n, seconds: now() - began };
  },
  pickup: async (utils, { n }) => {
    const returned = [];
    for (let i = 0; i < n; i++) {
      await sleep(20 + Math.random() * 60);
      const sent_at = now();
      await utils.addJob("stamp", { sent_at });
      returned.push([sent_at, now()]);
    }
    return { returned };
  },
  paced: async (utils, { rate, seconds }) => {
    const began = now();
    let sent = 0;
    while (now() - began < seconds) {
      await utils.addJob("stamp", { sent_at: now() });
      sent += 1;
      await sleep(Math.max(0, (began + sent / rate - now()) * 1000));
    }
    return { n: sent, seconds: now() - began };
  },
};

if (command === "work") {
  await work(options);
} else {
  const utils = await makeWorkerUtils({ connectionString, logger });
  say((await commands[command](utils, options)) ?? {});
  await utils.release();
  process.exit(0);
}
