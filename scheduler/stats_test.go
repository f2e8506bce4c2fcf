package scheduler_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/scheduler"
)

func TestStatsStartAtNothing(t *testing.T) {
	s := scheduler.New()
	require.Equal(t, scheduler.Stats{}, s.Stats())
}

func TestStatsCountJobs(t *testing.T) {
	s := scheduler.New()
	var inside uint64
	for range 10 {
		s.Enqueue(scheduler.JobFunc(func() { s.Enqueue(scheduler.JobFunc(func() { inside = s.Stats().Jobs })) }))
	}
	require.NoError(t, s.Run(t.Context()))
	require.EqualValues(t, 20, s.Stats().Jobs)
	require.InDelta(t, 20, inside, 1, "a snapshot from a callback is up to date")
	require.Zero(t, s.Stats().Operations)
	require.Zero(t, s.Stats().Rounds, "no hook ran, so nothing was dispatched")
}

func TestStatsCountOperations(t *testing.T) {
	s := scheduler.New()
	for range 5 {
		s.Go(func(context.Context) func() { return nil })
		s.Start(operation{do: func(context.Context) {}, done: func(error) {}})
	}
	require.NoError(t, s.Run(t.Context()))
	require.EqualValues(t, 10, s.Stats().Operations)
}

func TestStatsCountRoundsAndTicks(t *testing.T) {
	s := scheduler.New()
	noop := scheduler.JobFunc(func() {})
	// Three tick ends that dispatch, two of them with two hooks: hooks of one tick end are one round.
	s.Enqueue(noop)
	s.AtTickEnd(func() {
		s.Enqueue(noop)
		s.AtTickEnd(func() {
			s.Enqueue(noop)
			s.AtTickEnd(func() {})
			s.AtTickEnd(func() {})
		})
	})
	s.AtTickEnd(func() {})
	require.NoError(t, s.Run(t.Context()))
	require.EqualValues(t, 3, s.Stats().Rounds)
	require.GreaterOrEqual(t, s.Stats().Ticks, uint64(3))

	before := s.Stats()
	s.Enqueue(noop)
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, before.Rounds, s.Stats().Rounds)
	require.Equal(t, before.Ticks+1, s.Stats().Ticks, "one drain of the queue is one tick")
	require.Equal(t, before.Jobs+1, s.Stats().Jobs)
}
