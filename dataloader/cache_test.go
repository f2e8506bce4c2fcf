package dataloader_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func TestHitIsTheVeryPromiseThatIsCached(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, echo(&batches[int]{}))
	p := users.Load(1)

	require.Same(t, p, users.Load(1), "queued")
	run(t, s)
	require.Same(t, p, users.Load(1), "fulfilled")
}

func TestKeyInFlightIsAHit(t *testing.T) {
	s := scheduler.New()
	d := &deferred{s: s}
	users := dataloader.NewPromised(s, d.fetch)
	p := users.Load(1)
	run(t, s)

	require.Same(t, p, users.Load(1))
	run(t, s)
	d.resolve(0, 7)

	require.Equal(t, 7, await(t, p))
	require.Equal(t, [][]int{{1}}, d.calls.all())
}

// Defect 6 of Python: `cache_map or {}` took an empty map for none.
func TestCustomCacheIsUsedThoughItStartsEmpty(t *testing.T) {
	s := scheduler.New()
	cache := newMapCache[int, int]()
	users := dataloader.New(s, echo(&batches[int]{}), dataloader.WithCache(cache))

	p := users.Load(1)
	require.Same(t, p, cache.m[1], "a load is cached when it is made, not when it is answered")
	require.Same(t, p, users.Load(1))
	require.Equal(t, 1, cache.sets)
	await(t, p)

	users.Clear(1)
	require.Equal(t, 1, cache.deletes)
	require.Empty(t, cache.m)
}

func TestCustomCacheMayBePreparedByItsOwner(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	cache := newMapCache[int, int]()
	cache.m[1] = promise.Resolve(s, 100)
	users := dataloader.New(s, echo(&b), dataloader.WithCache(cache))

	require.Equal(t, []int{100, 2}, await(t, users.LoadMany([]int{1, 2})))
	require.Equal(t, [][]int{{2}}, b.all())
}

// Defect 10 of Python: prime wrote into the map of a loader whose cache was off.
func TestPrimeIsANoOpWithTheCacheOff(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b), dataloader.WithoutCache())

	users.Prime(1, 100).PrimeError(2, errBoom).PrimePromise(3, promise.Resolve(s, 300))

	require.Equal(t, []int{1, 2, 3}, await(t, users.LoadMany([]int{1, 2, 3})))
	require.Equal(t, [][]int{{1, 2, 3}}, b.all())
}

func TestWithoutCacheDuplicatesReachTheBatchFunction(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b), dataloader.WithoutCache())
	p1, p2 := users.Load(1), users.Load(1)

	require.NotSame(t, p1, p2)
	require.Equal(t, []int{1, 1, 2}, await(t, promise.All(s, p1, p2, users.Load(2))))
	require.Equal(t, 1, await(t, users.Load(1)))
	require.Equal(t, [][]int{{1, 1, 2}, {1}}, b.all())
}

// Each duplicate is one position of the batch: its own value, its own error.
func TestWithoutCacheEachDuplicateGetsItsOwnResult(t *testing.T) {
	s := scheduler.New()
	n := 0
	users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
		values, errs := make([]int, len(keys)), make(dataloader.Errors, len(keys))
		for i := range keys {
			n++
			values[i] = n
			if n == 2 {
				errs[i] = errBoom
			}
		}
		return values, errs
	}, dataloader.WithoutCache(), dataloader.WithInline())

	require.Equal(t, []promise.Result[int]{{Value: 1}, {Err: errBoom}, {Value: 3}},
		await(t, users.LoadSettled([]int{5, 5, 5})))
}

// What empties the cache between two loads of one key. All of them must leave one key in the batch, and both loads
// with its value: asking twice in one round is asking once.
func TestReloadBeforeTheDispatchIsOneKey(t *testing.T) {
	for name, row := range map[string]struct {
		opts   []dataloader.Option
		forget func(*dataloader.Loader[int, int])
	}{
		"Clear":           {nil, func(l *dataloader.Loader[int, int]) { l.Clear(1) }},
		"ClearAll":        {nil, func(l *dataloader.Loader[int, int]) { l.ClearAll() }},
		"evicting cache":  {[]dataloader.Option{dataloader.WithCache(forgetful[int, int]{})}, func(*dataloader.Loader[int, int]) {}},
		"Clear, custom":   {[]dataloader.Option{dataloader.WithCache(newMapCache[int, int]())}, func(l *dataloader.Loader[int, int]) { l.Clear(1) }},
		"Clear, max size": {[]dataloader.Option{dataloader.WithMaxBatchSize(2)}, func(l *dataloader.Loader[int, int]) { l.Clear(1) }},
		"Clear, in a callback": {nil, func(l *dataloader.Loader[int, int]) {
			// Still the same round: the tick has not ended.
			l.Prime(0, 0).Load(0).Done(func(int) { l.Clear(1).Load(1) }, nil)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			var b batches[int]
			users := dataloader.New(s, versioned(&b), append(row.opts, dataloader.WithInline())...)

			first := users.Load(1)
			other := users.Load(2)
			row.forget(users)
			second := users.Load(1)
			run(t, s)

			require.Equal(t, [][]int{{1, 2}}, b.all())
			require.Equal(t, []int{1, 1, 1}, []int{settled(t, first), settled(t, other), settled(t, second)})
		})
	}
}

func TestReloadBeforeTheDispatchSharesTheError(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, failOdd(&b))
	first := observe(users.Load(1))
	second := observe(users.Clear(1).Load(1))

	run(t, s)

	require.EqualError(t, first.Err, "Odd: 1")
	require.EqualError(t, second.Err, "Odd: 1")
	require.Equal(t, [][]int{{1}}, b.all())
}

// Whether the two loads share a promise or not: if nobody looks at either, that is one error lost, not two and not none.
func TestReloadBeforeTheDispatchIsReportedOnce(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, failing(&batches[int]{}, errBoom))
	users.Load(1)
	users.Clear(1).Load(1)

	var unhandled *promise.UnhandledError
	require.ErrorAs(t, s.Run(t.Context()), &unhandled)
	require.Len(t, unhandled.Errors, 1)
}

// After a Clear the next load must be fresh: it may not join the batch that was asked before the Clear.
func TestReloadWhileTheBatchIsInFlightIsFetchedAgain(t *testing.T) {
	s := scheduler.New()
	d := &deferred{s: s}
	users := dataloader.NewPromised(s, d.fetch)
	first := users.Load(1)
	run(t, s)

	second := users.Clear(1).Load(1)
	run(t, s)
	d.resolve(1, 20)
	run(t, s)
	require.Equal(t, 20, settled(t, second))

	// The older answer comes last, and must neither reach the newer load nor take its place in the cache.
	d.resolve(0, 10)
	run(t, s)
	require.Equal(t, 10, settled(t, first))
	require.Same(t, second, users.Load(1))
	require.Equal(t, [][]int{{1}, {1}}, d.calls.all())
}

func TestClearAllLetsQueuedLoadsFinish(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))
	p := users.LoadMany([]int{1, 2})
	users.ClearAll()

	require.Equal(t, []int{1, 2}, await(t, p))
	require.Equal(t, [][]int{{1, 2}}, b.all())
}

// The list that LoadMany hands out belongs to the caller.
func TestLoadManyResultsAreNotShared(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, echo(&batches[int]{}))
	await(t, users.LoadMany([]int{1, 2}))[0] = 99

	require.Equal(t, []int{1, 2}, await(t, users.LoadMany([]int{1, 2})))
}

func TestLoadManyOfOneKeyTwice(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))

	require.Equal(t, []int{3, 1, 3}, await(t, users.LoadMany([]int{3, 1, 3})))
	require.Equal(t, map[int]int{3: 3, 4: 4}, await(t, users.LoadMap([]int{3, 4, 3})))
	require.Equal(t, map[int]int{}, await(t, users.LoadMap(nil)))
	require.Equal(t, []promise.Result[int]{}, await(t, users.LoadSettled(nil)))
	require.Equal(t, [][]int{{3, 1}, {4}}, b.all())
}

func TestOneFailingKeyFailsLoadManyAndLoadMap(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, failOdd(&batches[int]{}))

	require.EqualError(t, awaitErr(t, users.LoadMany([]int{2, 3, 4})), "Odd: 3")
	require.EqualError(t, awaitErr(t, users.LoadMap([]int{2, 3, 4})), "Odd: 3")
	require.Equal(t, 4, await(t, users.Load(4)), "its neighbours are served")
}
