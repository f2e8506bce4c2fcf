package bench_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/internal/bench"
)

// A run of a hundred times the size may take a hundred times the memory. A half more is for slices and maps, which grow by
// doubling and so are anything between half full and full.
func TestMemoryGrowsWithTheWork(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	const small, large = 1_000, 100_000
	for _, row := range []string{"B", "C", "E", "F", "G", "H"} {
		for _, name := range []string{bench.Batchtick, bench.BatchtickInline} {
			_, c, ok := bench.Lookup(row, name)
			if !ok && name == bench.BatchtickInline {
				continue // the row has no loader
			}
			require.True(t, ok, "row %s has no contender %s", row, name)
			t.Run(row+"/"+name, func(t *testing.T) {
				few, many := bytesPerUnit(c, small), bytesPerUnit(c, large)
				t.Logf("bytes for each unit: %.0f of %d, %.0f of %d", few, small, many, large)
				require.LessOrEqual(t, many, 1.5*few, "bytes for each of %d, against those for each of %d", large, small)
			})
		}
	}
}

// bytesPerUnit is what a run allocates in all, and not what is left of it: garbage has its price too.
func bytesPerUnit(c bench.Contender, n int) float64 {
	run := c.Prepare(n)
	run() // a first run may fill what later ones use again
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc-before.TotalAlloc) / float64(n)
}
