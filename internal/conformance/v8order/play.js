// Plays the programs on stdin, one a line, in V8, and prints what happened, one line for each: the callbacks in the order
// in which they ran and with what they were given, how each promise ended, and what was rejected unhandled in each phase.
// play_test.go does the same with the library.
'use strict';

class Reason {
  constructor(code) { this.code = code; }
}

// mix makes a number of a statement and what it was given, so that a wrong input shows in all that comes of it.
function mix(id, input) {
  let sum = id * 31 + 7;
  for (let i = 0; i < input.length; i++) sum = (sum * 31 + input.charCodeAt(i)) % 1000003;
  return sum;
}

function show(value) {
  if (Array.isArray(value)) return '[' + value.map(show).join(' ') + ']';
  if (typeof value === 'object') return value.status === 'fulfilled' ? 'f' + show(value.value) : 'r' + reason(value.reason);
  return String(value);
}

function reason(error) {
  if (error instanceof Reason) return String(error.code);
  if (error instanceof AggregateError) return 'A[' + error.errors.map(reason).join(' ') + ']';
  if (error instanceof TypeError && error.message.startsWith('Chaining cycle')) return 'cycle';
  return 'unexpected: ' + error;
}

class World {
  constructor(program) {
    this.cells = new Array(program.sites).fill(null);
    this.settlers = [];
    this.log = [];
    this.outcomes = [];
    this.unhandled = [];
  }

  block(body) {
    for (const s of body) this.statement(s);
  }

  // call is the callback of s: it logs, runs the body and ends as the program says.
  call(s, input) {
    this.log.push(`${s.id}=${input}`);
    this.block(s.callback.body);
    return this.end(s, s.callback.end, input);
  }

  end(s, end, input) {
    switch (end) {
      case 'value': return mix(s.id, input);
      case 'error': case 'panic': throw new Reason(mix(s.id, input));
      case 'fresh': return Promise.resolve(mix(s.id, input));
      case 'freshReject': return Promise.reject(new Reason(mix(s.id, input)));
      case 'promise': return this.cells[s.callback.return];
      case 'own': return this.cells[s.site];
    }
    throw new Error('end ' + end);
  }

  statement(s) {
    const made = this.make(s);
    if (s.site >= 0) this.cells[s.site] = made;
  }

  make(s) {
    const members = s.on.map(site => this.cells[site]);
    const p = members[0];
    const value = v => this.call(s, 'f' + show(v));
    const error = e => this.call(s, 'r' + reason(e));
    switch (s.op) {
      case 'resolvers': return new Promise((resolve, reject) => { this.settlers[s.site] = { resolve, reject }; });
      case 'resolve': return Promise.resolve(mix(s.id, ''));
      case 'reject': return Promise.reject(new Reason(mix(s.id, '')));
      case 'executor': return new Promise((resolve, reject) => {
        (s.acts || []).forEach((act, i) => {
          const v = mix(s.id, String(i));
          if (act === 'resolve') resolve(v);
          else if (act === 'reject') reject(new Reason(v));
          else throw new Reason(v);
        });
      });
      case 'try': return new Promise(resolve => resolve(this.end(s, s.end, '')));
      case 'settle': this.settlers[s.on[0]].resolve(mix(s.id, '')); return;
      case 'fail': this.settlers[s.on[0]].reject(new Reason(mix(s.id, ''))); return;
      case 'follow': this.settlers[s.on[0]].resolve(members[1]); return;
      case 'map': case 'then': return p.then(value);
      case 'handle': return p.then(value, error);
      case 'recover': case 'catch': return p.catch(error);
      case 'finally': return p.finally(() => { this.call(s, '-'); });
      case 'tap': return p.then(v => { value(v); return v; });
      case 'done': p.then(v => { value(v); }, e => { error(e); }); return;
      case 'pass': return p.then(undefined);
      case 'passCatch': return p.catch(undefined);
      case 'passFinally': return p.finally(undefined);
      case 'all': return Promise.all(members);
      case 'allSettled': return Promise.allSettled(members);
      case 'any': return Promise.any(members);
      case 'race': return Promise.race(members);
      case 'enqueue': queueMicrotask(() => { this.call(s, '-'); }); return;
      case 'async': return this.async(s);
    }
    throw new Error('op ' + s.op);
  }

  async async(s) {
    await null; // promise.Async begins from the queue, an async function in its caller
    this.log.push(`${s.id}=-`);
    for (const inner of s.callback.body) {
      if (inner.op !== 'await') {
        this.statement(inner);
        continue;
      }
      try {
        const v = await this.cells[inner.on[0]];
        this.log.push(`${inner.id}=f${show(v)}`);
      } catch (e) {
        this.log.push(`${inner.id}=r${reason(e)}`);
        if (inner.rethrow) throw e;
      }
    }
    return this.end(s, s.callback.end, '-');
  }
}

let world;
process.on('unhandledRejection', e => { world.unhandled[world.unhandled.length - 1].push(reason(e)); });

const turn = () => new Promise(resolve => setImmediate(resolve));

async function play(program) {
  world = new World(program);
  for (const phase of program.phases) {
    world.unhandled.push([]);
    world.block(phase);
    await turn();
  }
  const { cells, outcomes, unhandled, log } = world;
  const callbacks = log.length; // a program runs nothing after its last phase
  cells.forEach((p, site) => {
    outcomes[site] = p === null ? '' : 'p';
    if (p !== null) p.then(v => { outcomes[site] = 'f' + show(v); }, e => { outcomes[site] = 'r' + reason(e); });
  });
  await turn();
  if (log.length !== callbacks) throw new Error('a callback ran after the last phase');
  return JSON.stringify({ log, outcomes, unhandled: unhandled.map(each => [...new Set(each)].sort()) });
}

(async () => {
  const lines = require('fs').readFileSync(0, 'utf8').split('\n').filter(line => line !== '');
  const answers = [];
  for (const line of lines) answers.push(await play(JSON.parse(line)));
  process.stdout.write(answers.join('\n') + '\n');
})();
