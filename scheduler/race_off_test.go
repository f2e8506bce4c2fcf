//go:build !race

package scheduler_test

// raceEnabled makes the longest tests shorter: the detector makes them ten times slower.
const raceEnabled = false
