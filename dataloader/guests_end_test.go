package dataloader_test

import (
	"context"
	"errors"
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

// A func that tidies up when ctx has ended does so with a ctx that has not. Wait no longer drives the loop then, so this
// call would never return, nor would Wait.
func TestAGuestMayTidyUpAfterTheEndOfContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		users := dataloader.New(s, echo(&batches[int]{}))
		ctx, cancel := context.WithCancelCause(scheduler.NewContext(t.Context(), s))
		g := scheduler.NewGroup(ctx)
		start := time.Now()
		var err error
		g.Go(func(ctx context.Context) error {
			time.Sleep(time.Second)
			cancel(errBoom)
			synctest.Wait()
			tidy, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Hour) // the hour is for this test to end
			defer stop()
			_, err = dataloader.Get(tidy, users, 1)
			return err
		})
		_ = g.Wait()
		require.Equal(t, time.Second, time.Since(start), "the call returned %v, and only because of its own timeout", err)
	})
}

// Nobody is there for the outcome of a call that its ctx has ended, and its error has been told. What comes later must not
// fail the request.
func TestACallThatWasGivenUpIsNotUnhandled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		users := dataloader.New(s, func(context.Context, []int) ([]int, error) {
			time.Sleep(time.Minute)
			return nil, errors.New("too late for anybody")
		})
		g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
		for range 2 {
			g.Go(func(ctx context.Context) error {
				ctx, stop := context.WithTimeout(ctx, time.Second)
				defer stop()
				_, err := dataloader.Get(ctx, users, 1)
				if !errors.Is(err, context.DeadlineExceeded) {
					return err
				}
				return nil
			})
		}
		require.NoError(t, g.Wait())
		require.NoError(t, s.Run(t.Context()))
	})
}

// Close leaves nothing behind, and so no goroutine in a call.
func TestCloseEndsCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		ctx, stop := context.WithTimeout(scheduler.NewContext(t.Context(), s), time.Hour)
		defer stop()
		s.Announce(1)
		errs := make(chan error, 2)
		for _, ctx := range []context.Context{ctx, scheduler.NewGuestContext(ctx, s)} {
			go func() {
				_, err := promise.Call(ctx, func() *promise.Promise[int] { return neverSettled(s) })
				errs <- err
			}()
		}
		_, err := promise.Delay(s, time.Second, 1).Await(t.Context())
		require.NoError(t, err)
		require.NoError(t, s.Close())
		require.ErrorIs(t, <-errs, scheduler.ErrClosed)
		require.ErrorIs(t, <-errs, scheduler.ErrClosed)
		s.Retire(1)
	})
}

// The end of ctx came first, so it is what the call returns: whoever looks at the error would else look for a promise that
// nobody settles.
func TestACallWhoseContextEndedFirstIsNotStalled(t *testing.T) {
	s := scheduler.New()
	g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
	var err error
	g.Go(func(ctx context.Context) error {
		ctx, cancel := context.WithCancelCause(ctx)
		_, err = promise.Call(ctx, func() *promise.Promise[int] { cancel(errBoom); return neverSettled(s) })
		return nil
	})
	require.NoError(t, g.Wait())
	require.ErrorIs(t, err, errBoom)
}

// Each call that was stalled has been told so, and its guest has gone on. That is no reason to give up the loop at some
// number of them.
func TestManyStalledCallsDoNotEndTheGroup(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, echo(&batches[int]{}))
	g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
	g.Go(func(ctx context.Context) error {
		for range 1500 {
			_, err := promise.Call(ctx, func() *promise.Promise[int] { return neverSettled(s) })
			if !errors.Is(err, scheduler.ErrStalled) {
				return err
			}
		}
		_, err := dataloader.Get(ctx, users, 1)
		return err
	})
	require.NoError(t, g.Wait())
}

// A guest that waits for its own group, and then for its place again, goes on without one when its ctx ends. At that moment
// who has the place ends too: between the two, nobody may seem to be left.
func TestAGuestThatIsHurriedIsNotTakenForAStall(t *testing.T) {
	for range scaled(20_000) {
		s := scheduler.New()
		g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
		g.SetLimit(1)
		waits, hurry := make(chan struct{}), make(chan struct{})
		g.Go(func(ctx context.Context) error {
			ctx, cancel := context.WithCancel(ctx)
			inner := scheduler.NewGroup(ctx)
			inner.Go(func(context.Context) error {
				go func() { <-hurry; cancel() }()
				close(waits)
				return nil
			})
			if err := inner.Wait(); err != nil && ctx.Err() == nil {
				return err
			}
			return nil
		})
		g.Go(func(context.Context) error {
			<-waits
			runtime.Gosched()
			close(hurry)
			runtime.Gosched()
			return nil
		})
		require.NoError(t, g.Wait())
		require.NoError(t, s.Run(t.Context()))
		require.Zero(t, s.Dump().Guests)
	}
}
