// Plays the programs on stdin, one a line, with npm's dataloader, and prints what happened, one line for each: the batches
// and callbacks in their order, and the result of each op. play_test.go does the same with the library.
'use strict';
const DataLoader = require('dataloader');

function show(value) {
  if (Array.isArray(value)) return '[' + value.map(v => (v instanceof Error ? reason(v) : String(v))).join(' ') + ']';
  return String(value);
}

function reason(error) {
  if (error.message.includes('not return a Promise of an Array of the same length')) return 'short';
  const own = /\b[bek]\d+(\.\d+)?\b/.exec(error.message); // dataloader wraps the error of a source that throws
  return own ? own[0] : 'unexpected: ' + error;
}

class World {
  constructor(program) {
    this.program = program;
    this.exact = program.class !== 'free';
    this.log = [];
    this.batches = []; // by loader
    this.results = {}; // by op
    this.caches = []; // by loader
    this.asked = []; // by loader: the keys that were asked for since its last batch
    this.loaders = [];
    for (let i = 0; i < program.loaders; i++) this.loaders.push(this.loader(i));
  }

  cacheKey(key) { return this.program.keyed ? key % 100 : key; }

  loader(i) {
    const { program } = this;
    const options = { cacheKeyFn: key => this.cacheKey(key) };
    if (program.max === 1) options.batch = false; // which is the same
    else if (program.max > 0) options.maxBatchSize = program.max;
    if (program.noCache) options.cache = false;
    else this.caches[i] = options.cacheMap = new Map();
    this.asked.push(new Set());
    this.batches.push([]);
    const versions = new Map();
    return new DataLoader(keys => this.fetch(i, keys, versions), options);
  }

  fetch(i, keys, versions) {
    const { program } = this;
    const n = this.batches[i].push(keys) - 1;
    this.log.push(`batch ${i} [${keys.join(' ')}]`);
    this.asked[i].clear();
    if (program.delegates && i + 1 < program.loaders) {
      return Promise.allSettled(keys.map(key => this.loaders[i + 1].load(key)))
        .then(all => all.map(r => (r.status === 'fulfilled' ? r.value + 1 : r.reason)));
    }
    for (const key of new Set(keys.map(k => this.cacheKey(k)))) versions.set(key, (versions.get(key) || 0) + 1);
    const values = keys.map(key => {
      const version = versions.get(this.cacheKey(key));
      return program.failKeys.includes(key % 100 % 8) ? new Error(`k${key}.${version}`) : (i * 1000 + key) * 100 + version;
    });
    if (!program.failBatches.includes(n % 8)) {
      // dataloader takes one job more for a batch that fails than for one that works; this makes them even.
      return program.delegates ? Promise.resolve(values) : Promise.resolve().then(() => values);
    }
    const error = new Error(`b${i}.${n}`);
    if (program.failAs === 'throw') throw error;
    return program.failAs === 'short' ? Promise.resolve(values.slice(1)) : Promise.reject(error);
  }

  // ask notes that keys are about to be loaded, and says whether one of them is a hit.
  ask(loader, keys) {
    const cache = this.caches[loader];
    const missed = new Set();
    let hit = false;
    for (const key of keys.map(k => this.cacheKey(k))) {
      this.asked[loader].add(key);
      if (cache !== undefined && (cache.has(key) || missed.has(key))) hit = true;
      missed.add(key);
    }
    return hit;
  }

  block(ops) {
    for (const o of ops) this.op(o);
  }

  op(o) {
    const loader = this.loaders[o.loader];
    const key = o.keys[0];
    switch (o.op) {
      case 'load': {
        const hit = this.ask(o.loader, o.keys);
        this.observe(o, loader.load(key), () => hit);
        return;
      }
      case 'loadMany': {
        const hit = this.ask(o.loader, o.keys);
        this.observe(o, loader.loadMany(o.keys), () => hit);
        return;
      }
      case 'loadAll': {
        const hit = this.ask(o.loader, o.keys);
        this.observe(o, Promise.all(o.keys.map(k => loader.load(k))), () => hit);
        return;
      }
      case 'chain': {
        let hit = this.ask(o.loader, [key]);
        let p = loader.load(key);
        if (!hit || !this.exact) {
          p = p.then(() => {
            hit = this.ask(o.next, [o.keys[1]]);
            return this.loaders[o.next].load(o.keys[1]);
          });
        }
        this.observe(o, p, () => hit);
        return;
      }
      case 'clear':
        if (this.mayClear(this.asked[o.loader].has(this.cacheKey(key)))) loader.clear(key);
        return;
      case 'clearAll':
        if (this.mayClear(this.asked[o.loader].size > 0)) loader.clearAll();
        return;
      case 'prime': loader.prime(key, 9000000 + o.id); return;
      case 'primeError': loader.prime(key, new Error(`e${o.id}`)); return;
    }
    throw new Error('op ' + o.op);
  }

  // mayClear leaves out clears of keys that wait for their batch, where that leads to known differences: JavaScript sends
  // the key twice, and a failing batch evicts what took the key's place.
  mayClear(waiting) {
    return !waiting || !this.exact && this.program.failBatches.length === 0;
  }

  observe(o, p, hit) {
    for (let i = 0; i < o.hops; i++) p = p.then(v => v);
    p.then(v => this.finish(o, 'f' + show(v), hit()), e => this.finish(o, 'r' + reason(e), hit()));
  }

  finish(o, outcome, hit) {
    this.results[o.id] = outcome;
    if (hit && this.exact) return; // what follows a hit runs at another time than in Go: a known difference
    this.log.push(`#${o.id}`);
    this.block(o.then);
  }
}

let world;
process.on('unhandledRejection', e => { world.results.unhandled = reason(e); });

const turn = () => new Promise(resolve => setImmediate(resolve));

async function play(program) {
  world = new World(program);
  for (const phase of program.phases) {
    world.log.push('phase');
    world.block(phase);
    await turn();
  }
  const { log, batches, results } = world;
  return JSON.stringify({ log, batches, results });
}

(async () => {
  const lines = require('fs').readFileSync(0, 'utf8').split('\n').filter(line => line !== '');
  const answers = [];
  for (const line of lines) answers.push(await play(JSON.parse(line)));
  process.stdout.write(answers.join('\n') + '\n');
})();
