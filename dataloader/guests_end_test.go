package dataloader_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// Funcs share a load, by a mutex or a sync.Once around it. One that waits for it counts, so the tick does not end. Under
// a limit it also has the place that the other one needs to go on. All must end with ctx.
func TestGuestsThatWaitForEachOtherEndWithTheirContext(t *testing.T) {
	for _, limit := range []int{-1, 1} {
		t.Run(fmt.Sprint("limit ", limit), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				users := dataloader.New(s, echo(&batches[int]{}))
				ctx, cancel := context.WithTimeoutCause(scheduler.NewContext(t.Context(), s), time.Second, errBoom)
				defer cancel()
				g := scheduler.NewGroup(ctx)
				g.SetLimit(limit)
				mutex := make(chan struct{}, 1) // a sync.Mutex would stop the clock of the bubble
				start := time.Now()
				for range 3 {
					g.Go(func(ctx context.Context) error {
						mutex <- struct{}{}
						defer func() { <-mutex }()
						_, err := dataloader.Get(ctx, users, 1)
						return err
					})
				}
				require.ErrorIs(t, g.Wait(), errBoom)
				require.Equal(t, time.Second, time.Since(start))
				require.NoError(t, s.Run(t.Context()))
				require.Zero(t, s.Dump().Calls+s.Dump().Guests)
			})
		})
	}
}

// A test's FailNow in a callback ends the goroutine of Wait. Nobody is left to drive the loop, so the funcs have to be
// told.
func TestGoexitInWaitEndsTheCallsOfTheGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		users := dataloader.New(s, echo(&batches[int]{}))
		left := make(chan error, 2)
		go func() {
			g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
			call := func(fn func() *promise.Promise[int]) {
				g.Go(func(ctx context.Context) error {
					_, err := promise.Call(ctx, fn)
					left <- err
					return err
				})
			}
			call(func() *promise.Promise[int] { return neverSettled(s) })
			call(func() *promise.Promise[int] { return users.Load(1).Tap(func(int) { runtime.Goexit() }) })
			_ = g.Wait()
			t.Error("Wait has returned")
		}()
		synctest.Wait()
		_ = s.Close() // which ends whatever is left, with another error
		require.ErrorIs(t, <-left, scheduler.ErrGoexit)
		require.ErrorIs(t, <-left, scheduler.ErrGoexit)
	})
}

// A goroutine that a func has started, and that is counted by hand, may be in a call when the funcs have ended. Wait ends
// its ctx, and so its call.
func TestWaitEndsTheCallsOfWhoOutlivesTheFuncs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
		left := make(chan error, 1)
		g.Go(func(ctx context.Context) error {
			s.Announce(1)
			go func() {
				_, err := promise.Call(ctx, func() *promise.Promise[int] { return neverSettled(s) })
				s.Retire(1)
				left <- err
			}()
			synctest.Wait()
			return nil
		})
		require.NoError(t, g.Wait())
		synctest.Wait()
		require.NoError(t, s.Close()) // which ends whatever is left, with another error
		require.ErrorIs(t, <-left, context.Canceled)
	})
}

// Close wakes who is blocked in a call, and the first thing that it does may be another call. Nobody drives the loop for
// it.
func TestACallAfterCloseReturnsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		var b batches[int]
		users := dataloader.New(s, echo(&b))
		s.Announce(1)
		defer s.Retire(1)
		require.NoError(t, s.Close())
		start := time.Now()
		plain := scheduler.NewContext(t.Context(), s)
		guest := scheduler.NewGuestContext(plain, s)
		for i, ctx := range []context.Context{plain, guest} {
			_, err := dataloader.Get(ctx, users, i)
			require.ErrorIs(t, err, scheduler.ErrClosed)
			_, err = promise.Call(ctx, func() *promise.Promise[int] { return users.Load(i) })
			require.ErrorIs(t, err, scheduler.ErrClosed)
		}
		require.Zero(t, time.Since(start))
		require.Equal(t, 1, s.Dump().Guests, "who was refused still counts")

		stop := serve(t, s) // and who drives it again serves calls again
		synctest.Wait()
		_, err := promise.Call(guest, func() *promise.Promise[int] { return users.Load(2) })
		require.NoError(t, err)
		s.Retire(1)
		require.NoError(t, stop())
		s.Announce(1)
		require.Equal(t, [][]int{{2}}, b.all(), "a call that was refused is never made")
	})
}
