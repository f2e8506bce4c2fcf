// Package loaderorder compares the library's loaders with npm's dataloader 2.x. Random programs run in Node.js and in Go,
// where the batch functions are inline, and must make the same batches and get the same results.
//
// What differs by design is asserted in known_test.go. Programs are kept away from it, each class in its own way, so that
// all else can be compared:
//
//   - single: one loader with everything, a maximum size included. What follows the load of a key that is cached is left
//     out, since a hit is given at once here and with the batch in JavaScript.
//   - several: up to three loaders that load from each other in callbacks and in batch functions, and each key once.
//   - free: up to three loaders and what follows hits. Its callbacks run in another order than JavaScript's, so it is the
//     sets of keys that are compared.
//
// In the first two the order is exact: batches, their keys, and callbacks.
//
// Both flags are the test's:
//
//	go test ./loaderorder -programs 100000 -seed 7
package loaderorder
