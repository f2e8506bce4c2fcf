// Package v8order compares the library with V8's promises. Random programs of then, catch, finally, all and the rest run
// in Node.js and in Go, and must agree on every outcome and on the order in which callbacks run.
//
// JavaScript spends jobs where the library spends none: to adopt a promise, after a finally, to await a promise that is
// settled. So the order differs by design, and each program is played three times:
//
//   - in node;
//   - in Go as it is. If the program has none of those constructs its order must be node's. In any case the outcomes must
//     agree, but for those that ECMAScript lets depend on the order (see taint), and the callbacks of each promise must run
//     in the order of their registration;
//   - in Go with a price: the player adds JavaScript's jobs where the library saves them (see price). Then order, outcomes
//     and unhandled rejections of every program must be node's. So the prices are the whole difference.
//
// Both flags are the test's:
//
//	go test ./v8order -programs 100000 -seed 7
package v8order
