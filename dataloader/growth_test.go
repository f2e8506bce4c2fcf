package dataloader_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// scaled is n, or a fraction of it with -short or under the race detector.
func scaled(n int) int {
	if raceEnabled || testing.Short() {
		return n / 10
	}
	return n
}

func TestAMillionLoadsInOneTick(t *testing.T) {
	n := scaled(1_000_000)
	for name, row := range map[string]struct {
		opts  []dataloader.Option
		sizes []int // of the batches: all but the last, the last
		count int
	}{
		"one batch":     {nil, []int{n, n}, 1},
		"cut with rest": {[]dataloader.Option{dataloader.WithMaxBatchSize(3000)}, []int{3000, (n-1)%3000 + 1}, (n + 2999) / 3000},
		"slots":         {[]dataloader.Option{dataloader.WithMaxBatchSize(1000), dataloader.WithMaxConcurrency(4)}, []int{1000, 1000}, n / 1000},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			var mu sync.Mutex
			var sizes []int
			users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
				mu.Lock()
				defer mu.Unlock()
				sizes = append(sizes, len(keys))
				return keys, nil
			}, row.opts...)
			sum := 0
			for k := range n {
				users.Load(k).Done(func(v int) { sum += v - k + 1 }, nil)
			}

			run(t, s)

			require.Equal(t, n, sum, "each load its own value")
			slices.Sort(sizes)
			want := slices.Repeat([]int{row.sizes[0]}, row.count-1)
			want = append(want, row.sizes[1])
			slices.Sort(want)
			require.Equal(t, want, sizes)
		})
	}
}

// bytesPerKey loads n keys in a tick, and says how much was allocated for each and how much is live afterwards.
func bytesPerKey(t *testing.T, n int, opts ...dataloader.Option) (allocated, live float64) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := scheduler.New()
	users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) { return keys, nil }, opts...)
	for k := range n {
		users.Load(k)
	}
	run(t, s)
	runtime.GC()
	runtime.ReadMemStats(&after)
	require.EqualValues(t, n, users.Stats().Keys)
	per := func(b uint64) float64 { return float64(b) / float64(n) }
	return per(after.TotalAlloc - before.TotalAlloc), per(max(after.HeapAlloc, before.HeapAlloc) - before.HeapAlloc)
}

// Growing is linear when a key costs the same among a million as among ten thousand.
func TestMemoryIsLinearInTheKeys(t *testing.T) {
	for name, opts := range map[string][]dataloader.Option{
		"one batch": nil,
		"cut":       {dataloader.WithMaxBatchSize(100), dataloader.WithInline()},
		"slots":     {dataloader.WithMaxBatchSize(100), dataloader.WithMaxConcurrency(2)},
		"no cache":  {dataloader.WithoutCache()},
	} {
		t.Run(name, func(t *testing.T) {
			bytesPerKey(t, 1000, opts...) // what is allocated once
			smallAlloc, smallLive := bytesPerKey(t, 10_000, opts...)
			largeAlloc, largeLive := bytesPerKey(t, scaled(1_000_000), opts...)
			t.Logf("allocated %.0f and %.0f, live %.0f and %.0f bytes a key", smallAlloc, largeAlloc, smallLive, largeLive)

			// Maps and slices double, so the luck of where they stand is up to a factor of two.
			require.Less(t, largeAlloc, 2.5*smallAlloc)
			require.Less(t, largeLive, 2.5*max(smallLive, 50))
		})
	}
}

// A queue that held on to what it dispatched would keep every key and promise of a request alive.
func TestClearedLoadsAreNotKeptAlive(t *testing.T) {
	n := scaled(1_000_000)
	s := scheduler.New()
	users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) { return keys, nil })
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for first := 0; first < n; first += n / 10 {
		for k := range n / 10 {
			users.Load(first + k)
		}
		run(t, s)
		users.ClearAll()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)

	live := float64(max(after.HeapAlloc, before.HeapAlloc) - before.HeapAlloc)
	// A tenth of the keys may be there still, in a map or a queue that is kept for its room.
	require.Less(t, live, float64(n)*30)
	runtime.KeepAlive(users)
}

func TestCacheHitDoesNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	type key struct {
		Tenant string
		ID     int
	}
	s := scheduler.New()
	ints := dataloader.New(s, echo(&batches[int]{}))
	strs := dataloader.New(s, echo(&batches[string]{}))
	structs := dataloader.New(s, echo(&batches[key]{}))
	keyed := dataloader.NewKeyed(s, echo(&batches[[2]int]{}), func(k [2]int) int { return k[0] })
	primed := dataloader.New(s, echo(&batches[int]{})).Prime(1, 1)
	queued := dataloader.New(s, echo(&batches[int]{}))
	for name, load := range map[string]func(){
		"int":    func() { ints.Load(1) },
		"string": func() { strs.Load("a") },
		"struct": func() { structs.Load(key{"a", 1}) },
		"keyed":  func() { keyed.Load([2]int{1, 2}) },
		"primed": func() { primed.Load(1) },
		"queued": func() { queued.Load(1) },
	} {
		t.Run(name, func(t *testing.T) {
			load()
			if name != "queued" {
				run(t, s)
			}
			require.Zero(t, testing.AllocsPerRun(1000, load))
		})
	}
	run(t, s)
}

// Ten thousand requests at once, each with a scheduler and loaders of its own: nothing is shared, so nothing can be
// mixed up. All are in flight at the same moment, because no batch function returns before all have started.
func TestTenThousandSchedulersAtOnce(t *testing.T) {
	n := 10_000
	if raceEnabled {
		n = 1000
	}
	var started, finished sync.WaitGroup
	started.Add(n)
	errs := make([]error, n)
	for i := range n {
		finished.Go(func() { errs[i] = oneRequest(t.Context(), i, &started) })
	}
	finished.Wait()

	for _, err := range errs {
		require.NoError(t, err)
	}
	goleak.VerifyNone(t)
}

// oneRequest is what the example of the README does, for one user and her friend.
func oneRequest(ctx context.Context, i int, started *sync.WaitGroup) error {
	s := scheduler.New()
	var userBatches, friendBatches batches[int]
	users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
		userBatches.add(keys)
		started.Done()
		started.Wait()
		return slices.Clone(keys), nil
	})
	friends := dataloader.New(s, echo(&friendBatches))
	friend := func(u int) *promise.Promise[int] { return friends.Load(-u) }
	both := promise.All(s, users.Load(i+1).Then(friend), users.Load(i+2).Then(friend))

	got, err := both.Await(ctx)
	if err != nil {
		return err
	}
	want := []int{-i - 1, -i - 2}
	if !slices.Equal(got, want) || len(userBatches.all()) != 1 || len(friendBatches.all()) != 1 {
		return fmt.Errorf("request %d: got %v in %v and %v", i, got, userBatches.all(), friendBatches.all())
	}
	return nil
}

// A primed error is handled until it is loaded. Whatever keeps that in mind must forget it with the key.
func TestClearedPrimedErrorsAreNotKeptAlive(t *testing.T) {
	for name, forget := range map[string]func(users *dataloader.Loader[int, int], key int){
		"Clear":    func(users *dataloader.Loader[int, int], key int) { users.Clear(key) },
		"ClearAll": func(users *dataloader.Loader[int, int], _ int) { users.ClearAll() },
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			users := dataloader.New(s, echo(&batches[int]{}))
			heapAfter := func(n int) int64 {
				for key := range n {
					users.PrimeError(key, errBoom)
					forget(users, key)
					if key%1000 == 999 {
						run(t, s)
					}
				}
				return heapNow()
			}
			few, many := heapAfter(1000), heapAfter(scaled(300_000))
			runtime.KeepAlive(users)
			require.Less(t, many-few, int64(256<<10), "live heap grew from %d to %d bytes", few, many)
		})
	}
}
