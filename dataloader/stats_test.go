package dataloader_test

import (
	"context"
	"expvar"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/scheduler"
)

func TestStats(t *testing.T) {
	type stats = dataloader.Stats
	type loader = dataloader.Loader[int, int]
	for name, row := range map[string]struct {
		opts []dataloader.Option
		do   func(*testing.T, *scheduler.Scheduler, *loader)
		want stats
	}{
		"nothing yet": {nil, func(*testing.T, *scheduler.Scheduler, *loader) {}, stats{}},
		"queued": {nil, func(_ *testing.T, _ *scheduler.Scheduler, l *loader) {
			l.Load(2)
			l.Load(4)
		}, stats{Loads: 2}},
		"hits": {nil, func(t *testing.T, s *scheduler.Scheduler, l *loader) {
			l.LoadMany([]int{2, 4, 2})
			run(t, s)
			l.Load(4)
			l.LoadMany([]int{2, 6})
			run(t, s)
		}, stats{Loads: 6, Hits: 3, Batches: 2, Keys: 3, LargestBatch: 2}},
		"from the waiting queue": {nil, func(t *testing.T, s *scheduler.Scheduler, l *loader) {
			l.Load(2)
			l.Clear(2).Load(2)
			run(t, s)
		}, stats{Loads: 2, Hits: 1, Batches: 1, Keys: 1, LargestBatch: 1}},
		"primed": {nil, func(t *testing.T, s *scheduler.Scheduler, l *loader) {
			l.Prime(2, 2).Load(2)
			run(t, s)
		}, stats{Loads: 1, Hits: 1}},
		"without a cache": {[]dataloader.Option{dataloader.WithoutCache()}, func(t *testing.T, s *scheduler.Scheduler, l *loader) {
			l.LoadMany([]int{2, 2, 2})
			run(t, s)
		}, stats{Loads: 3, Batches: 1, Keys: 3, LargestBatch: 3}},
		"cut": {[]dataloader.Option{dataloader.WithMaxBatchSize(2)}, func(t *testing.T, s *scheduler.Scheduler, l *loader) {
			l.LoadMany([]int{2, 4, 6, 8, 10})
			run(t, s)
		}, stats{Loads: 5, Batches: 3, Keys: 5, LargestBatch: 2}},
		"failing keys": {nil, func(t *testing.T, s *scheduler.Scheduler, l *loader) {
			await(t, l.LoadSettled([]int{1, 2, 3}))
			await(t, l.LoadSettled([]int{1}))
		}, stats{Loads: 4, Hits: 1, Batches: 1, Keys: 3, FailedKeys: 2, LargestBatch: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			users := dataloader.New(s, failOdd(&batches[int]{}), row.opts...)

			row.do(t, s, users)

			got := users.Stats()
			require.Equal(t, got.Batches > 0, got.Time > 0, "batches %d, time in them %v", got.Batches, got.Time)
			require.Equal(t, got.Loads, got.Hits+got.Misses)
			got.Time, got.Misses = 0, 0
			require.Equal(t, row.want, got)
		})
	}
}

func TestStatsCountTheTimeInBatchFunctions(t *testing.T) {
	for name, opts := range map[string][]dataloader.Option{
		"goroutine": nil,
		"inline":    {dataloader.WithInline()},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
					time.Sleep(time.Second)
					return keys, nil
				}, append(opts, dataloader.WithMaxBatchSize(1))...)
				await(t, users.LoadMany([]int{1, 2}))

				require.Equal(t, 2*time.Second, users.Stats().Time)
			})
		})
	}
}

func TestStatsAdd(t *testing.T) {
	a := dataloader.Stats{Loads: 1, Hits: 2, Misses: 3, Batches: 4, Keys: 5, FailedBatches: 6, FailedKeys: 7, LargestBatch: 8, Time: 9}
	b := a
	b.LargestBatch = 5

	require.Equal(t, dataloader.Stats{
		Loads: 2, Hits: 4, Misses: 6, Batches: 8, Keys: 10, FailedBatches: 12, FailedKeys: 14, LargestBatch: 8, Time: 18,
	}, a.Add(b))
}

func TestStatsAreReadyForExpvar(t *testing.T) {
	var v expvar.Var = dataloader.Stats{Loads: 3, Hits: 2, Misses: 1, Batches: 1, Keys: 1, LargestBatch: 1, Time: 5}

	require.JSONEq(t, `{"loads":3,"hits":2,"misses":1,"batches":1,"keys":1,"failed_batches":0,"failed_keys":0,
		"largest_batch":1,"time_ns":5}`, v.String())
}

func TestStatsOfFailedBatches(t *testing.T) {
	for name, fetch := range map[string]dataloader.BatchFunc[int, int]{
		"error":  func(context.Context, []int) ([]int, error) { return nil, errBoom },
		"length": func(context.Context, []int) ([]int, error) { return nil, nil },
		"panic":  func(context.Context, []int) ([]int, error) { panic(errBoom) },
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			users := dataloader.New(s, fetch)
			await(t, users.LoadSettled([]int{1, 2}))
			await(t, users.LoadSettled([]int{3}))

			got := users.Stats()

			require.EqualValues(t, 2, got.Batches)
			require.EqualValues(t, 2, got.FailedBatches)
			require.EqualValues(t, 3, got.Keys)
		})
	}
}

// Stats are a snapshot: one that was taken does not change under its owner.
func TestStatsAreASnapshot(t *testing.T) {
	users := dataloader.New(scheduler.New(), echo(&batches[int]{}))
	before := users.Stats()
	users.Load(1)

	require.Equal(t, dataloader.Stats{}, before)
	require.EqualValues(t, 1, users.Stats().Loads)
}
