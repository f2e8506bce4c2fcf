// The rows in JavaScript: loads with npm's dataloader, chains with V8's own promises. Each does what the Go function of the
// same row does. Like there, the outer function prepares what is not timed and the inner one does the work once.
'use strict';
const DataLoader = require('dataloader');

// newSource has users 0 to 2n-1 in memory. The best friend of i is i+n.
function newSource(n) {
  const users = [];
  for (let i = 0; i < 2 * n; i++) users.push({ id: i, bestFriend: (i + n) % (2 * n) });
  const source = {
    users,
    batches: 0,
    fetch: keys => {
      source.batches++;
      const values = new Array(keys.length);
      for (let i = 0; i < keys.length; i++) values[i] = users[keys[i]];
      return Promise.resolve(values);
    },
    counted: () => {
      const { batches } = source;
      source.batches = 0;
      return batches;
    },
  };
  return source;
}

function sumOf(users) {
  let sum = 0;
  for (const user of users) sum += user.id;
  return sum;
}

function oneLoad(n) {
  const source = newSource(n);
  return async () => ({ sum: (await new DataLoader(source.fetch).load(1)).id, batches: source.counted() });
}

function loads(n, keys) {
  const source = newSource(n);
  return async () => {
    const users = new DataLoader(source.fetch);
    const loaded = new Array(keys.length);
    for (let i = 0; i < keys.length; i++) loaded[i] = users.load(keys[i]);
    return { sum: sumOf(await Promise.all(loaded)), batches: source.counted() };
  };
}

const distinct = n => loads(n, Array.from({ length: n }, (_, i) => i));
const duplicates = n => loads(n, Array.from({ length: n }, (_, i) => i % (n / 2)));

function hits(n) {
  const source = newSource(n);
  const users = new DataLoader(source.fetch);
  for (let key = 0; key < n; key++) users.prime(key, source.users[key]);
  return async () => {
    const loaded = new Array(n);
    for (let key = 0; key < n; key++) loaded[key] = users.load(key);
    return { sum: sumOf(await Promise.all(loaded)), batches: source.counted() };
  };
}

function friends(n) {
  const source = newSource(n);
  return async () => {
    const users = new DataLoader(source.fetch);
    const bestFriend = user => users.load(user.bestFriend);
    const loaded = new Array(n);
    for (let id = 0; id < n; id++) loaded[id] = users.load(id).then(bestFriend);
    return { sum: sumOf(await Promise.all(loaded)), batches: source.counted() };
  };
}

function mapChain(n) {
  return async () => {
    let p = Promise.resolve(0);
    for (let i = 0; i < n; i++) p = p.then(v => v + i);
    return { sum: await p, batches: 0 };
  };
}

function thenChain(n) {
  return async () => {
    let p = Promise.resolve(0);
    for (let i = 0; i < n; i++) p = p.then(v => Promise.resolve(v + i));
    return { sum: await p, batches: 0 };
  };
}

function all(n) {
  const members = [];
  for (let i = 0; i < n; i++) members.push(Promise.resolve(i));
  return async () => {
    let sum = 0;
    for (const v of await Promise.all(members)) sum += v;
    return { sum, batches: 0 };
  };
}

function asyncFunctions(n) {
  const source = newSource(n);
  return async () => {
    const users = new DataLoader(source.fetch);
    const loaded = new Array(n);
    for (let id = 0; id < n; id++) {
      loaded[id] = (async () => {
        const user = await users.load(id);
        return await users.load(user.bestFriend);
      })();
    }
    return { sum: sumOf(await Promise.all(loaded)), batches: source.counted() };
  };
}

function requests(n) {
  const loadersPerRequest = 3;
  const loadsPerRequest = 20;
  const source = newSource(loadsPerRequest);
  return async () => {
    let sum = 0;
    for (let request = 0; request < n; request++) {
      const loaders = [];
      for (let i = 0; i < loadersPerRequest; i++) loaders.push(new DataLoader(source.fetch));
      const loaded = new Array(loadsPerRequest);
      for (let i = 0; i < loadsPerRequest; i++) loaded[i] = loaders[i % loadersPerRequest].load(i);
      sum += sumOf(await Promise.all(loaded));
    }
    return { sum, batches: source.counted() };
  };
}

module.exports = {
  A: oneLoad, B: distinct, C: duplicates, D: hits, E: friends, F: mapChain, G: thenChain, H: all, I: asyncFunctions,
  J: distinct, K: requests,
};
