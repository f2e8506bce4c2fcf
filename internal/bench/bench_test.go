package bench_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/internal/bench"
)

func BenchmarkA(b *testing.B) { row(b, "A") }
func BenchmarkB(b *testing.B) { row(b, "B") }
func BenchmarkC(b *testing.B) { row(b, "C") }
func BenchmarkD(b *testing.B) { row(b, "D") }
func BenchmarkE(b *testing.B) { row(b, "E") }
func BenchmarkF(b *testing.B) { row(b, "F") }
func BenchmarkG(b *testing.B) { row(b, "G") }
func BenchmarkH(b *testing.B) { row(b, "H") }
func BenchmarkI(b *testing.B) { row(b, "I") }
func BenchmarkJ(b *testing.B) { row(b, "J") }
func BenchmarkK(b *testing.B) { row(b, "K") }
func BenchmarkL(b *testing.B) { row(b, "L") }

// row runs the contenders of a row one after the other. Where the machine is noisy, believe the ratios of the table command:
// it takes turns.
func row(b *testing.B, name string) {
	w := workload(b, name)
	for _, c := range w.Contenders {
		b.Run(c.Name, func(b *testing.B) {
			run := c.Prepare(w.N)
			requireAnswer(b, w, c, w.N, run())
			runtime.GC() // the garbage of the contender before is not this one's
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for b.Loop() {
				run()
			}
			elapsed := b.Elapsed()
			runtime.ReadMemStats(&after)
			units := float64(b.N) * float64(w.N)
			b.ReportMetric(float64(elapsed.Nanoseconds())/units, "ns/"+w.Unit)
			b.ReportMetric(float64(after.Mallocs-before.Mallocs)/units, "allocs/"+w.Unit)
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/units, "B/"+w.Unit)
		})
	}
}

func workload(tb testing.TB, row string) bench.Workload {
	tb.Helper()
	for _, w := range bench.Workloads() {
		if w.Row == row {
			return w
		}
	}
	require.FailNow(tb, "no such row", row)
	return bench.Workload{}
}

func requireAnswer(tb testing.TB, w bench.Workload, c bench.Contender, n int, got bench.Answer) {
	tb.Helper()
	want := w.Want(n)
	if c.ByTimer {
		require.Positive(tb, got.Batches, "row %s, %s: a batch at least", w.Row, c.Name)
		want.Batches = got.Batches
	}
	require.Equal(tb, want, got, "row %s, %s", w.Row, c.Name)
}
