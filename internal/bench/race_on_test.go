//go:build race

package bench_test

// raceEnabled skips what counts allocations: the race detector makes its own.
const raceEnabled = true
