package promise_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

func TestCancellationRejectsOperationsWithTheCause(t *testing.T) {
	s := scheduler.New()
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("the client has gone")
	finish := make(chan struct{})
	deaf := promise.Go(s, func(context.Context) (int, error) { <-finish; return 1, nil })
	listening := promise.Go(s, func(ctx context.Context) (int, error) { <-ctx.Done(); return 2, ctx.Err() })
	s.AtTickEnd(func() { cancel(cause) })

	require.ErrorIs(t, s.Run(ctx), cause)
	requireReason(t, cause, deaf)
	requireReason(t, cause, listening)

	close(finish)
	run(t, s)
	requireReason(t, cause, deaf) // and not the late result
}

func TestCatchAndFinallyStillRunAfterCancellation(t *testing.T) {
	s := scheduler.New()
	ctx, cancel := context.WithCancelCause(t.Context())
	cleaned := false
	result := promise.Go(s, func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, nil }).
		Finally(func() { cleaned = true }).
		Catch(func(err error) *promise.Promise[int] { return promise.Resolve(s, 1) }).
		Map(func(v int) (int, error) { return v + 1, nil })
	s.AtTickEnd(func() { cancel(errBoom) })
	require.ErrorIs(t, s.Run(ctx), errBoom)
	require.True(t, cleaned)
	requireValue(t, 2, result)
}

func TestCancellationIsNotReportedAsUnhandledButOtherErrorsAre(t *testing.T) {
	s := scheduler.New()
	ctx, cancel := context.WithCancelCause(t.Context())
	promise.Go(s, func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, nil }).Map(same)
	s.AtTickEnd(func() { cancel(errBoom) })
	err := s.Run(ctx)
	require.ErrorIs(t, err, errBoom)
	var unhandled *promise.UnhandledError
	require.False(t, errors.As(err, &unhandled), "Run tells the cause once: %v", err)

	ctx, cancel = context.WithCancelCause(t.Context())
	promise.Reject[int](s, errOther)
	s.AtTickEnd(func() { cancel(errBoom) })
	defer s.Hold()()
	err = s.Run(ctx)
	require.ErrorIs(t, err, errBoom)
	require.ErrorIs(t, err, errOther)
}

func TestATimerSurvivesACancellation(t *testing.T) {
	// A Delay is no operation: it is left to the next Run, rejected behind nobody's back.
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		p := promise.Delay(s, time.Hour, 3)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.ErrorIs(t, s.Run(ctx), context.DeadlineExceeded)
		requirePending(t, p)
		run(t, s)
		requireValue(t, 3, p)
	})
}

// The cause need not be told again. What was joined to it must be: nobody else tells it.
func TestAnErrorBesideTheCauseIsReported(t *testing.T) {
	for name, row := range map[string]struct {
		make     func(s *scheduler.Scheduler, canceled *promise.Promise[int])
		reported bool
	}{
		"the errors of Any": {func(s *scheduler.Scheduler, canceled *promise.Promise[int]) {
			promise.Any(s, promise.Reject[int](s, errOther), canceled)
		}, true},
		"joined": {func(_ *scheduler.Scheduler, canceled *promise.Promise[int]) {
			canceled.Recover(func(err error) (int, error) { return 0, errors.Join(err, errOther) })
		}, true},
		"the cause, wrapped": {func(_ *scheduler.Scheduler, canceled *promise.Promise[int]) {
			canceled.Recover(func(err error) (int, error) { return 0, fmt.Errorf("user 7: %w", err) })
		}, false},
		"the cause, twice": {func(_ *scheduler.Scheduler, canceled *promise.Promise[int]) {
			canceled.Recover(func(err error) (int, error) { return 0, errors.Join(err, err) })
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			ctx, cancel := context.WithCancelCause(t.Context())
			row.make(s, promise.Go(s, func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, nil }))
			s.AtTickEnd(func() { cancel(errBoom) })
			err := s.Run(ctx)
			require.ErrorIs(t, err, errBoom)
			require.Equal(t, row.reported, errors.Is(err, errOther))
			var unhandled *promise.UnhandledError
			require.Equal(t, row.reported, errors.As(err, &unhandled))
		})
	}
}

// opaque can be compared as far as its type goes, and panics if it is.
type opaque struct{ detail any }

func (opaque) Error() string { return "opaque" }

func TestACauseThatCannotBeComparedDoesNotEndTheLoop(t *testing.T) {
	s := scheduler.New()
	ctx, cancel := context.WithCancelCause(t.Context())
	promise.Go(s, func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, nil })
	s.AtTickEnd(func() { cancel(opaque{[]int{1}}) })
	require.ErrorContains(t, s.Run(ctx), "opaque")
}

// The loop watches the ctx of the drive in which the function began to wait. When that drive is over, somebody else has
// to.
func TestAnAsyncFunctionHearsTheEndOfTheCtxOfAnEarlierDrive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		release := s.Hold() // so that nobody is told that this is stalled
		never, _ := promise.WithResolvers[int](s)
		p := promise.Async(s, func(ctx context.Context) (int, error) { return never.Await(ctx) })
		first, cancel := context.WithCancelCause(t.Context())
		_, err := promise.Delay(s, time.Second, 1).Await(first)
		require.NoError(t, err)

		cancel(errBoom)
		second, stop := context.WithTimeout(t.Context(), time.Hour)
		defer stop()
		_, err = p.Await(second)
		require.ErrorIs(t, err, errBoom)
		release()
		run(t, s)
	})
}
