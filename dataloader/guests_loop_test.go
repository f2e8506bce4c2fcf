package dataloader_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// A guest's ctx that a callback has captured is the easiest way to call on the loop. It must panic as any other call there
// does, and not wait for itself.
func TestACallOnTheLoopWithAGuestsContextPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		users := dataloader.New(s, echo(&batches[int]{}))
		g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
		var err error
		g.Go(func(ctx context.Context) error {
			ctx, stop := context.WithTimeout(ctx, time.Hour)
			defer stop()
			_, err = promise.Call(ctx, func() *promise.Promise[int] {
				v, err := dataloader.Get(ctx, users, 1)
				if err != nil {
					return promise.Reject[int](s, err)
				}
				return promise.Resolve(s, v)
			})
			return nil
		})
		require.NoError(t, g.Wait())
		var p *promise.PanicError
		require.True(t, errors.As(err, &p), "the loop waited for itself: %v", err)
	})
}

// The loop's goroutine of one scheduler is any goroutine to another that waits. While that one is busy the stack can't tell
// whose loop it is, and the call is taken for a mistake.
func TestACallFromTheLoopOfAnotherScheduler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared, own := scheduler.New(), scheduler.New()
		users := dataloader.New(shared, echo(&batches[int]{}))
		release := shared.Hold()
		done := make(chan error)
		go func() { done <- shared.Run(t.Context()) }()
		synctest.Wait() // until that loop waits
		var got int
		var err error
		own.Post(func() { got, err = dataloader.Get(t.Context(), users, 1) })
		runErr := own.Run(t.Context())
		release()
		require.NoError(t, <-done)
		require.NoError(t, runErr)
		require.NoError(t, err)
		require.Equal(t, 1, got)
	})
}

// Await suspends an Async function and nothing else, and Wait is said to drive the loop as Await does. Here the quick one
// can go on only when the slow one has: Wait keeps the loop on its own stack.
func TestAGroupInAnAsyncFunctionDoesNotWaitForThatOfAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		start := time.Now()
		for _, d := range []time.Duration{time.Second, time.Hour} {
			promise.Async(s, func(ctx context.Context) (int, error) {
				g := scheduler.NewGroup(scheduler.NewContext(ctx, s))
				g.Go(func(ctx context.Context) error {
					_, err := promise.Call(ctx, func() *promise.Promise[int] { return promise.Delay(s, d, 1) })
					return err
				})
				err := g.Wait()
				if took := time.Since(start); took != d {
					t.Errorf("the group that takes %v ended after %v", d, took)
				}
				return 0, err
			})
		}
		require.NoError(t, s.Run(t.Context()))
	})
}
