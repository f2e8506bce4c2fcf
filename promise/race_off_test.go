//go:build !race

package promise_test

// raceEnabled makes the longest tests shorter and those of allocations stand aside: the detector costs both.
const raceEnabled = false
