// Runs each snippet on stdin, a JSON string a line, until nothing is left, and prints what it logged. source makes a batch
// function that logs the keys and answers with them; what it is given says which batches fail.
'use strict';
const DataLoader = require('dataloader');

(async () => {
  const lines = require('fs').readFileSync(0, 'utf8').split('\n').filter(line => line !== '');
  for (const line of lines) {
    const logged = [];
    const log = text => { logged.push(String(text)); };
    const source = (name, fails = () => false) => {
      let n = 0;
      return async keys => {
        log(`${name}[${keys.join(' ')}]`);
        if (fails(n++)) throw new Error('failed');
        return keys;
      };
    };
    new Function('DataLoader', 'log', 'source', JSON.parse(line))(DataLoader, log, source);
    await new Promise(resolve => setImmediate(resolve));
    console.log(JSON.stringify(logged.join(' ')));
  }
})();
