package bench_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/internal/bench"
)

// A contender that is fast and wrong would be compared with those that do the work.
func TestEveryContenderGivesTheRightAnswerInTheRightNumberOfBatches(t *testing.T) {
	for _, w := range bench.Workloads() {
		for _, c := range w.Contenders {
			t.Run(w.Row+"/"+c.Name, func(t *testing.T) {
				n := min(w.N, 1_000)
				run := c.Prepare(n)
				for range 3 { // what a run leaves behind must not help the next one
					requireAnswer(t, w, c, n, run())
				}
			})
		}
	}
}

func TestRowsAreNamedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, w := range bench.Workloads() {
		require.Equal(t, bench.Floor, w.Contenders[0].Name, "row %s: the floor comes first", w.Row)
		for _, c := range w.Contenders {
			require.False(t, seen[w.Row+"/"+c.Name], "row %s has two contenders %s", w.Row, c.Name)
			seen[w.Row+"/"+c.Name] = true
		}
	}
}
