package scheduler_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/scheduler"
)

// A request that returns before Run must not leave behind what it did not wait for.
func TestCloseEndsWhatIsInFlightAndRunsWhatThatEnqueues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s := scheduler.New()
		var got error
		cleaned, fired := false, false
		s.Start(operation{
			do: func(ctx context.Context) { <-ctx.Done() },
			done: func(err error) {
				got = err
				s.Enqueue(scheduler.JobFunc(func() { cleaned = true }))
			},
		})
		s.AfterFunc(time.Hour, func() { fired = true })
		s.Hold() // a hold that nobody releases
		turns := 0
		require.NoError(t, s.RunUntil(ctx, func() bool { turns++; return turns > 1 }))

		require.NoError(t, s.Close())
		require.ErrorIs(t, got, scheduler.ErrClosed)
		require.True(t, cleaned)
		require.False(t, fired)
	})
}

func TestCloseWakesSuspendedCoroutines(t *testing.T) {
	s := scheduler.New()
	var got error
	var c *scheduler.Coroutine
	c = s.NewCoroutine(func() { got = c.Suspend(s.Context()) })
	s.Enqueue(c)
	turns := 0
	require.NoError(t, s.RunUntil(t.Context(), func() bool { turns++; return turns > 1 }))
	require.NoError(t, got)
	require.NoError(t, s.Close())
	require.ErrorIs(t, got, scheduler.ErrClosed)
}

func TestCloseReportsWhatNobodyHandledButNotItself(t *testing.T) {
	s := scheduler.New()
	boom := errors.New("boom")
	s.Post(func() { panic(boom) })
	s.Start(operation{do: func(context.Context) { t.Error("it was started after the end") }, done: func(err error) { panic(err) }})
	err := s.Close()
	require.ErrorIs(t, err, boom)
	require.NotErrorIs(t, err, scheduler.ErrClosed)
	require.NoError(t, s.Close(), "what was reported is not reported again")
}

func TestCloseInsideRunIsAnError(t *testing.T) {
	s := scheduler.New()
	var err error
	s.Post(func() { err = s.Close() })
	release := s.Hold()
	s.Post(release)
	require.NoError(t, s.Run(t.Context()))
	require.ErrorIs(t, err, scheduler.ErrNestedRun)
}

// RunUntil promises to return in the middle of a tick: a caller that waits for one job must not be given the side effects of
// the next.
func TestRunUntilLooksAtDoneBetweenAnyTwoJobs(t *testing.T) {
	s := scheduler.New()
	ran := 0
	for range 5 {
		s.Enqueue(scheduler.JobFunc(func() { ran++ }))
	}
	require.NoError(t, s.RunUntil(t.Context(), func() bool { return ran == 2 }))
	require.Equal(t, 2, ran)
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, 5, ran)
}
