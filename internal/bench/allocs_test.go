package bench_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/internal/bench"
)

// pinned is how many allocations a run of a row may make: those of the library, and those of the work itself, which the
// comments name. When the library needs fewer, lower the pin to what the test prints with -v.
var pinned = []struct {
	row, contender string
	allocs         float64
}{
	{"A", bench.Batchtick, 11},
	{"A", bench.BatchtickInline, 9},
	{"B", bench.Batchtick, 96}, // of them one for the slice of promises, one for the values
	{"B", bench.BatchtickInline, 94},
	{"C", bench.Batchtick, 62},
	{"C", bench.BatchtickInline, 60},
	{"D", bench.Batchtick, 0},
	{"E", bench.Batchtick, 1_181},
	{"E", bench.BatchtickInline, 1_178},
	{"F", bench.Batchtick, 2_003}, // of them 1 000 for the closures
	{"G", bench.Batchtick, 3_003}, // of them 1 000 for the closures, 1 000 for what they return
	{"H", bench.Batchtick, 4},
	{"I", bench.Batchtick, 9_170}, // of them 1 000 for the closures
	{"I", bench.BatchtickInline, 9_168},
}

func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	for _, pin := range pinned {
		t.Run(pin.row+"/"+pin.contender, func(t *testing.T) {
			w, c := contender(t, pin.row, pin.contender)
			run := c.Prepare(w.N)
			got := testing.AllocsPerRun(50, func() { run() })
			t.Logf("%.0f allocations a run, pinned at %.0f; %.3f for each %s", got, pin.allocs, got/float64(w.N), w.Unit)
			require.LessOrEqual(t, got, pin.allocs, "row %s, %s: allocations a run, that is %.3f for each %s",
				pin.row, pin.contender, got/float64(w.N), w.Unit)
		})
	}
}

func contender(t *testing.T, row, name string) (bench.Workload, bench.Contender) {
	t.Helper()
	w, c, ok := bench.Lookup(row, name)
	require.True(t, ok, "row %s has no contender %s", row, name)
	return w, c
}
