package promise_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// A coroutine has a stack of its own, on which no loop is to be seen: it must not be taken for a second goroutine. And what
// runs inside a loop that it drives is not the coroutine, so an Await there must not suspend it.
func TestAnAsyncFunctionMayDriveTheLoopItself(t *testing.T) {
	s := scheduler.New()
	p, r := promise.WithResolvers[int](s)
	var inner int
	q := promise.Async(s, func(ctx context.Context) (int, error) {
		done := false
		promise.Resolve(s, 1).Tap(func(int) {
			s.Post(func() { r.Resolve(2) })
			inner, _ = p.Await(ctx)
			done = true
		})
		err := s.RunUntil(ctx, func() bool { return done })
		return 3, err
	})
	require.NoError(t, s.Run(t.Context()))
	v, err, _ := q.Result()
	require.NoError(t, err)
	require.Equal(t, 3, v)
	require.Equal(t, 2, inner)
}

// Loads that are cached are settled already. An Async function that awaits nothing else must not keep the loop to itself,
// nor escape its ctx.
func TestAnAsyncFunctionThatOnlyAwaitsWhatIsSettledLetsOthersRunAndCanBeStopped(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	s := scheduler.New()
	settled := promise.Resolve(s, 1)
	spinner := promise.Async(s, func(ctx context.Context) (int, error) {
		for {
			if _, err := settled.Await(ctx); err != nil {
				return 0, err
			}
		}
	})
	others := 0
	var other func(int)
	other = func(int) {
		if others++; others == 10 {
			cancel(errBoom)
		}
		settled.Tap(other)
	}
	settled.Tap(other)
	require.ErrorIs(t, s.Run(ctx), errBoom)
	require.GreaterOrEqual(t, others, 10)
	_, err, done := spinner.Result()
	require.True(t, done)
	require.ErrorIs(t, err, errBoom)
}

// WithUnhandled's func runs when the loop has ended, but on its goroutine: an Await there is no second one that drives.
func TestWhoIsToldOfAnUnhandledErrorMayAwait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s *scheduler.Scheduler
		var logged int
		var err error
		s = scheduler.New(scheduler.WithUnhandled(func(error) {
			logged, err = promise.Delay(s, time.Second, 1).Await(t.Context())
		}))
		promise.Reject[int](s, errBoom)
		require.NotPanics(t, func() { run(t, s) })
		require.NoError(t, err)
		require.Equal(t, 1, logged)
	})
}

// nosy is an observer that panics when a nested wait begins.
type nosy struct{}

func (nosy) Entered(_ *scheduler.Scheduler, by scheduler.Entry, _ context.Context) {
	if by == scheduler.ByNested {
		panic(errBoom)
	}
}

func (nosy) Left(*scheduler.Scheduler, scheduler.Entry, error) {}

// The wait did not begin, so nothing may be left of it. A scheduler that takes itself for nested tells its caller alone
// that it is stalled, and whoever is blocked in a call waits for ever.
func TestAnObserverThatPanicsAtANestedWaitLeavesNothingOfIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New(scheduler.WithObserver(nosy{}))
		never, _ := promise.WithResolvers[int](s)
		s.Post(func() { _, _ = never.Await(t.Context()) })
		require.ErrorIs(t, s.Run(t.Context()), errBoom)

		ctx, stop := context.WithTimeout(t.Context(), time.Hour)
		defer stop()
		called := make(chan error, 1)
		go func() {
			_, err := promise.CallOn(ctx, s, func() *promise.Promise[int] { return never })
			called <- err
		}()
		synctest.Wait()
		_, err := never.Await(t.Context())
		require.ErrorIs(t, err, scheduler.ErrStalled)
		require.ErrorIs(t, <-called, scheduler.ErrStalled)
	})
}
