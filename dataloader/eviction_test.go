package dataloader_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// Defect 5 of Python: a batch that threw outside a tick stayed in the cache for good.
func TestWholeBatchFailureIsNotCached(t *testing.T) {
	for name, opts := range map[string][]dataloader.Option{
		"goroutine":    nil,
		"inline":       {dataloader.WithInline()},
		"custom cache": {dataloader.WithCache(newMapCache[int, int]())},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			var b batches[int]
			users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
				b.add(keys)
				if len(b.all()) == 1 {
					return nil, errBoom
				}
				return slices.Clone(keys), nil
			}, opts...)

			require.ErrorIs(t, awaitErr(t, users.LoadMany([]int{1, 2})), errBoom)

			require.Equal(t, []int{1, 2, 3}, await(t, users.LoadMany([]int{1, 2, 3})))
			require.Equal(t, [][]int{{1, 2}, {1, 2, 3}}, b.all())
		})
	}
}

// A Catch that loads again is how a retry is written; the entry must be gone before it runs.
func TestRetryInACatchFetchesAgain(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
		b.add(keys)
		if len(b.all()) < 3 {
			return nil, errBoom
		}
		return slices.Clone(keys), nil
	})
	again := func(error) *promise.Promise[int] { return users.Load(1) }

	require.Equal(t, 1, await(t, users.Load(1).Catch(again).Catch(again)))
	require.Equal(t, [][]int{{1}, {1}, {1}}, b.all())
}

func TestPerKeyErrorIsCachedUnlessTold(t *testing.T) {
	for name, row := range map[string]struct {
		opts []dataloader.Option
		want [][]int
	}{
		"cached":                          {nil, [][]int{{1, 2}}},
		"cached, custom":                  {[]dataloader.Option{dataloader.WithCache(newMapCache[int, int]())}, [][]int{{1, 2}}},
		"WithoutErrorCache":               {[]dataloader.Option{dataloader.WithoutErrorCache()}, [][]int{{1, 2}, {1}}},
		"WithoutErrorCache, custom cache": {[]dataloader.Option{dataloader.WithoutErrorCache(), dataloader.WithCache(newMapCache[int, int]())}, [][]int{{1, 2}, {1}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			var b batches[int]
			users := dataloader.New(s, failOdd(&b), row.opts...)
			for range 2 {
				results := await(t, users.LoadSettled([]int{1, 2}))
				require.EqualError(t, results[0].Err, "Odd: 1")
				require.Equal(t, 2, results[1].Value)
			}
			require.Equal(t, row.want, b.all())
		})
	}
}

func TestPrimedErrorSurvivesWithoutErrorCache(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b), dataloader.WithoutErrorCache())
	users.PrimeError(1, errBoom)

	require.ErrorIs(t, awaitErr(t, users.Load(1)), errBoom)
	require.ErrorIs(t, awaitErr(t, users.Load(1)), errBoom)
	require.Empty(t, b.all())
}

func noOptions() []dataloader.Option { return nil }

// failures are the ways in which a promised batch takes its entries with it.
var failures = map[string]struct {
	opts func() []dataloader.Option
	fail func(promise.Resolver[[]promise.Result[int]])
}{
	"whole batch": {noOptions, func(r promise.Resolver[[]promise.Result[int]]) { r.Reject(errBoom) }},
	"wrong length": {noOptions, func(r promise.Resolver[[]promise.Result[int]]) {
		r.Resolve(make([]promise.Result[int], 5))
	}},
	"per key, WithoutErrorCache": {
		func() []dataloader.Option { return []dataloader.Option{dataloader.WithoutErrorCache()} },
		func(r promise.Resolver[[]promise.Result[int]]) { r.Resolve([]promise.Result[int]{{Err: errBoom}}) },
	},
	"whole batch, custom cache": {
		func() []dataloader.Option {
			return []dataloader.Option{dataloader.WithCache(newMapCache[int, int]())}
		},
		func(r promise.Resolver[[]promise.Result[int]]) { r.Reject(errBoom) },
	},
}

// Python and JavaScript evict whatever is under the key when the failure arrives, a newer and good value too.
func TestFailingBatchDoesNotEvictAPrimedValue(t *testing.T) {
	for name, row := range failures {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			d := &deferred{s: s}
			users := dataloader.NewPromised(s, d.fetch, row.opts()...)
			old := observe(users.Load(1))
			run(t, s)

			users.Clear(1).Prime(1, 100)
			row.fail(d.open[0])
			run(t, s)

			require.Error(t, old.Err)
			require.Equal(t, 100, await(t, users.Load(1)))
			require.Equal(t, [][]int{{1}}, d.calls.all())
		})
	}
}

func TestFailingBatchDoesNotEvictANewerLoad(t *testing.T) {
	for name, row := range failures {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			d := &deferred{s: s}
			users := dataloader.NewPromised(s, d.fetch, row.opts()...)
			old := observe(users.Load(1))
			run(t, s)
			newer := users.Clear(1).Load(1)
			run(t, s)

			row.fail(d.open[0])
			run(t, s)

			require.Error(t, old.Err)
			require.Same(t, newer, users.Load(1))
			d.resolve(1, 20)
			require.Equal(t, 20, await(t, newer))
			require.Equal(t, [][]int{{1}, {1}}, d.calls.all())
		})
	}
}

// The promise that a Clear in the same round put in the place of the first one is the batch's own as well.
func TestFailingBatchEvictsAReloadOfItsOwn(t *testing.T) {
	for name, row := range failures {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			d := &deferred{s: s}
			users := dataloader.NewPromised(s, d.fetch, row.opts()...)
			first := observe(users.Load(1))
			second := observe(users.Clear(1).Load(1))
			run(t, s)
			row.fail(d.open[0])
			run(t, s)
			require.Error(t, first.Err)
			require.Error(t, second.Err)

			third := users.Load(1)
			run(t, s)

			require.Equal(t, [][]int{{1}, {1}}, d.calls.all())
			d.resolve(1, 7)
			require.Equal(t, 7, await(t, third))
		})
	}
}

// A cache that forgets makes no difference to who gets which answer.
func TestForgetfulCacheStillAnswersEveryLoad(t *testing.T) {
	s := scheduler.New()
	d := &deferred{s: s}
	users := dataloader.NewPromised(s, d.fetch, dataloader.WithCache(forgetful[int, int]{}))
	first := users.Load(1)
	run(t, s)
	second := users.Load(1)
	run(t, s)

	d.resolve(1, 20)
	d.resolve(0, 10)
	run(t, s)

	require.Equal(t, 10, settled(t, first))
	require.Equal(t, 20, settled(t, second))
	require.Equal(t, [][]int{{1}, {1}}, d.calls.all())
}
