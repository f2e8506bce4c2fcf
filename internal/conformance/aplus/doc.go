// Package aplus runs the official Promises/A+ suite, which is written in JavaScript, against the Go promise: the tests of
// the npm package promises-aplus-tests in the goja engine, with a scheduler as their event loop.
//
// The package brings what the suite expects of its surroundings (require, assert, setTimeout, mocha's describe and
// specify), and an adapter that makes the Go promise look like a JavaScript one. The adapter translates and decides
// nothing: whatever A+ asks of a promise is answered by Go, so that a defect there can't hide here. The mutants of
// mutants_test.go prove that it does not.
package aplus
