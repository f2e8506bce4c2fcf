package gqlgenloader_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver"
)

// On processors that only compute, a goroutine that was announced may not begin for a long time. No batch goes out without it,
// and patience, which could be taken for its end, is not needed.
func TestBatchesAreExactOnBusyProcessors(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for processors")
	}
	defer compute()()
	patient := patience(5 * time.Second)
	again := func(f func()) {
		for range 5 {
			f()
		}
	}
	t.Run("all", func(t *testing.T) {
		unlimited, limited := testserver.Unlimited(), testserver.Limited()
		for _, row := range exactRows {
			t.Run(row.name, func(t *testing.T) {
				t.Parallel()
				again(func() { row.check(t, run(t, unlimited, row.query, patient), 1) })
			})
		}
		for _, row := range limitRows {
			t.Run("limited, "+row.name, func(t *testing.T) {
				t.Parallel()
				again(func() { row.check(t, run(t, limited, row.query, patient, limitOf(testserver.Limit)), 1) })
			})
		}
		for _, row := range deferRows {
			t.Run("deferred, "+row.name, func(t *testing.T) {
				t.Parallel()
				again(func() { row.check(t, run(t, unlimited, row.query, patient), row.responses) })
			})
		}
		for _, row := range eventRows {
			t.Run("events, "+row.name, func(t *testing.T) {
				t.Parallel()
				again(func() { checkEvents(t, row, run(t, unlimited, row.query, patient)) })
			})
		}
		for _, row := range entityRows {
			t.Run("entities, "+row.name, func(t *testing.T) {
				t.Parallel()
				again(func() { row.check(t, runFederated(t, row.query, patient), 1) })
			})
		}
	})
}

// compute keeps all processors busy until stop is called.
func compute() (stop func()) {
	var over atomic.Bool
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for n := uint64(1); !over.Load() && n != 0; {
				n = n*6364136223846793005 + 1442695040888963407
			}
		})
	}
	return func() {
		over.Store(true)
		wg.Wait()
	}
}
