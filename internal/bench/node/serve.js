// Runs rows for the table command: one process, so that V8 has compiled what is timed. Each line on stdin asks for a
// slice of a row, {"row": "B", "n": 1000, "milliseconds": 30}; each line on stdout answers. Run it with --expose-gc.
'use strict';
const rows = require('./rows.js');

const prepared = new Map();

async function slice({ row, n, milliseconds }) {
  const name = `${row} ${n}`;
  if (!prepared.has(name)) prepared.set(name, rows[row](n));
  const run = prepared.get(name);
  // The garbage of the row before is not this one's. A collection of everything would also throw away what V8 has compiled,
  // and dataloader would then take three times as long.
  global.gc({ type: 'minor' });
  let runs = 0;
  let elapsed = 0;
  let answer;
  // The runs double, so the clock is read seldom.
  for (let more = 1; elapsed < milliseconds * 1e6; more *= 2) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < more; i++) answer = await run();
    elapsed += Number(process.hrtime.bigint() - start);
    runs += more;
  }
  return { nanoseconds: elapsed, runs, ...answer };
}

(async () => {
  console.log(JSON.stringify({ node: process.version, v8: process.versions.v8, rows: Object.keys(rows) }));
  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await slice(JSON.parse(line))));
  }
})();
