package dataloader_test

import (
	"context"
	"testing"

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

			require.Equal(t, row.want, users.Stats())
		})
	}
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
