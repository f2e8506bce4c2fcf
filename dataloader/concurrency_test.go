package dataloader_test

import (
	"context"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// slow is a source that takes d of the bubble's clock for every batch, and counts how many it serves at once.
type slow struct {
	batches[int]
	d             time.Duration
	inFlight, max atomic.Int64
}

func (f *slow) fetch(_ context.Context, keys []int) ([]int, error) {
	f.add(keys)
	n := f.inFlight.Add(1)
	for m := f.max.Load(); n > m && !f.max.CompareAndSwap(m, n); m = f.max.Load() {
	}
	time.Sleep(f.d)
	f.inFlight.Add(-1)
	return slices.Clone(keys), nil
}

func keysUpTo(n int) []int {
	keys := make([]int, n)
	for i := range keys {
		keys[i] = i
	}
	return keys
}

func TestMaxConcurrencyIsNeitherExceededNorWasted(t *testing.T) {
	for name, row := range map[string]struct {
		opts []dataloader.Option
		max  int64
		took time.Duration
	}{
		"no limit":              {[]dataloader.Option{dataloader.WithMaxBatchSize(1)}, 10, time.Second},
		"one":                   {[]dataloader.Option{dataloader.WithMaxBatchSize(1), dataloader.WithMaxConcurrency(1)}, 1, 10 * time.Second},
		"three":                 {[]dataloader.Option{dataloader.WithMaxBatchSize(1), dataloader.WithMaxConcurrency(3)}, 3, 4 * time.Second},
		"more than there are":   {[]dataloader.Option{dataloader.WithMaxBatchSize(1), dataloader.WithMaxConcurrency(99)}, 10, time.Second},
		"three, unbatched":      {[]dataloader.Option{dataloader.WithoutBatching(), dataloader.WithMaxConcurrency(3)}, 3, 4 * time.Second},
		"two, batches of three": {[]dataloader.Option{dataloader.WithMaxBatchSize(3), dataloader.WithMaxConcurrency(2)}, 2, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				source := &slow{d: time.Second}
				users := dataloader.New(s, source.fetch, row.opts...)
				start := time.Now()

				require.Equal(t, keysUpTo(10), await(t, users.LoadMany(keysUpTo(10))))

				require.Equal(t, row.max, source.max.Load())
				require.Equal(t, row.took, time.Since(start))
			})
		})
	}
}

// Over several rounds, where batches of an earlier one are still in flight.
func TestMaxConcurrencyHoldsAcrossRounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		source := &slow{d: time.Second}
		users := dataloader.New(s, source.fetch, dataloader.WithMaxConcurrency(2))
		for i := range 10 {
			s.AfterFunc(time.Duration(i)*100*time.Millisecond, func() { users.Load(i) })
		}

		run(t, s)

		require.EqualValues(t, 2, source.max.Load())
		require.Len(t, source.all(), 10)
	})
}

// Batches are cut when the tick ends: a key that comes while they wait for a slot starts a batch of its own.
func TestWaitingBatchesKeepTheirCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		source := &slow{d: time.Second}
		users := dataloader.New(s, source.fetch, dataloader.WithMaxBatchSize(2), dataloader.WithMaxConcurrency(1))
		users.LoadMany([]int{1, 2, 3})
		s.AfterFunc(500*time.Millisecond, func() { users.LoadMany([]int{3, 4, 5, 6}) })

		run(t, s)

		require.Equal(t, [][]int{{1, 2}, {3}, {4, 5}, {6}}, source.all())
	})
}

// A slot that a failing batch did not give back would stop the loader for good.
func TestFailingBatchesGiveTheirSlotBack(t *testing.T) {
	for name, fetch := range map[string]dataloader.BatchFunc[int, int]{
		"error":  func(context.Context, []int) ([]int, error) { return nil, errBoom },
		"panic":  func(context.Context, []int) ([]int, error) { panic(errBoom) },
		"length": func(context.Context, []int) ([]int, error) { return nil, nil },
	} {
		for how, build := range buildUsersWith {
			t.Run(name+", "+how, func(t *testing.T) {
				s := scheduler.New()
				users := build(s, fetch, dataloader.WithMaxBatchSize(1), dataloader.WithMaxConcurrency(2))

				results := await(t, users.LoadSettled(keysUpTo(9)))

				for _, r := range results {
					require.Error(t, r.Err)
				}
			})
		}
	}
}

var buildUsersWith = map[string]func(*scheduler.Scheduler, dataloader.BatchFunc[int, int], ...dataloader.Option) *dataloader.Loader[int, int]{
	"goroutine": dataloader.New[int, int],
	"inline": func(s *scheduler.Scheduler, f dataloader.BatchFunc[int, int], opts ...dataloader.Option) *dataloader.Loader[int, int] {
		return dataloader.New(s, f, append(opts, dataloader.WithInline())...)
	},
	"promised": func(s *scheduler.Scheduler, f dataloader.BatchFunc[int, int], opts ...dataloader.Option) *dataloader.Loader[int, int] {
		return dataloader.NewPromised(s, func(ctx context.Context, keys []int) *promise.Promise[[]promise.Result[int]] {
			values, err := f(ctx, keys)
			if err != nil {
				return promise.Reject[[]promise.Result[int]](s, err)
			}
			return dataloader.Values(s, values)
		}, opts...)
	},
}

// Inline on a queue of a hundred thousand batches behind one slot: each starts the next, and none may do so from
// inside the one before, or the stack grows with the queue.
func TestManyBatchesBehindOneSlot(t *testing.T) {
	n := scaled(100_000)
	for how, build := range buildUsersWith {
		t.Run(how, func(t *testing.T) {
			s := scheduler.New()
			deepest := 0
			users := build(s, func(_ context.Context, keys []int) ([]int, error) {
				deepest = max(deepest, runtime.Callers(0, make([]uintptr, 200)))
				return keys, nil
			}, dataloader.WithoutBatching(), dataloader.WithMaxConcurrency(1))

			require.Equal(t, keysUpTo(n), await(t, users.LoadMany(keysUpTo(n))))
			require.Less(t, deepest, 100)
		})
	}
}

func TestPromisedBatchesCountAsInFlight(t *testing.T) {
	s := scheduler.New()
	d := &deferred{s: s}
	users := dataloader.NewPromised(s, d.fetch, dataloader.WithMaxBatchSize(1), dataloader.WithMaxConcurrency(2))
	all := users.LoadMany([]int{1, 2, 3, 4})
	run(t, s)
	require.Equal(t, [][]int{{1}, {2}}, d.calls.all())

	d.resolve(1, 2)
	run(t, s)
	require.Equal(t, [][]int{{1}, {2}, {3}}, d.calls.all())

	d.resolve(0, 1)
	d.resolve(2, 3)
	run(t, s)
	d.resolve(3, 4)
	require.Equal(t, []int{1, 2, 3, 4}, await(t, all))
}

// All loaders of a round fetch at the same time: three sources of a second each take a second.
func TestLoadersOfOneRoundFetchAtTheSameTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		start := time.Now()
		for range 3 {
			source := &slow{d: time.Second}
			dataloader.New(s, source.fetch).Load(1)
		}

		run(t, s)

		require.Equal(t, time.Second, time.Since(start))
		require.EqualValues(t, 1, s.Stats().Rounds)
	})
}

// And so do the batches into which one loader's keys are cut.
func TestBatchesOfOneLoaderFetchAtTheSameTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		source := &slow{d: time.Second}
		users := dataloader.New(s, source.fetch, dataloader.WithMaxBatchSize(2))
		start := time.Now()

		require.Equal(t, keysUpTo(5), await(t, users.LoadMany(keysUpTo(5))))

		require.Equal(t, time.Second, time.Since(start))
		require.ElementsMatch(t, [][]int{{0, 1}, {2, 3}, {4}}, source.all())
	})
}
