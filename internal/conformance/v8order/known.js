// Runs each snippet on stdin, a JSON string a line, until nothing is left, and prints what it logged.
'use strict';
process.on('unhandledRejection', () => {});

(async () => {
  const lines = require('fs').readFileSync(0, 'utf8').split('\n').filter(line => line !== '');
  for (const line of lines) {
    const logged = [];
    new Function('log', JSON.parse(line))(text => { logged.push(String(text)); });
    await new Promise(resolve => setTimeout(resolve, 20)); // the snippets' own timers take 1 ms
    console.log(JSON.stringify(logged.join(' ')));
  }
})();
