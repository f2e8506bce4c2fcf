package dataloader_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// The documentation of Wait says that it returns the cause when ctx ends. Who returned nil then has not done its work: a
// caller that takes the nil for success would answer with half of the data.
func TestWaitSaysThatContextHasEnded(t *testing.T) {
	canceled := func(outer context.Context, cancel context.CancelCauseFunc) error {
		g := scheduler.NewGroup(outer)
		g.Go(func(ctx context.Context) error {
			cancel(errBoom)
			<-ctx.Done()
			return nil
		})
		return g.Wait()
	}
	for name, wait := range map[string]func(s *scheduler.Scheduler, ctx context.Context, cancel context.CancelCauseFunc) error{
		"on the loop's goroutine": func(_ *scheduler.Scheduler, ctx context.Context, cancel context.CancelCauseFunc) error {
			return canceled(ctx, cancel)
		},
		"by a guest": func(s *scheduler.Scheduler, ctx context.Context, cancel context.CancelCauseFunc) error {
			outer := scheduler.NewGroup(scheduler.NewContext(context.WithoutCancel(ctx), s))
			outer.Go(func(guest context.Context) error {
				guest, end := context.WithCancelCause(guest)
				return canceled(guest, end)
			})
			return outer.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			ctx, cancel := context.WithCancelCause(scheduler.NewContext(t.Context(), s))
			defer cancel(nil)
			require.ErrorIs(t, wait(s, ctx, cancel), errBoom)
		})
	}
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

// Patience is about guests that do nothing. Timers and posts are not guests, so they can't prolong it.
func TestPatienceIsNotProlongedByOthers(t *testing.T) {
	for name, disturb := range map[string]func(s *scheduler.Scheduler, again func()){
		"timers": func(s *scheduler.Scheduler, again func()) { s.AfterFunc(600*time.Millisecond, again) },
		"posts": func(s *scheduler.Scheduler, again func()) {
			time.AfterFunc(600*time.Millisecond, func() { s.Post(again) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New(scheduler.WithPatience(time.Second))
				users := dataloader.New(s, echo(&batches[int]{}))
				s.Announce(1)
				start := time.Now()
				var over atomic.Bool
				var again func()
				again = func() {
					if !over.Load() && time.Since(start) < time.Hour {
						disturb(s, again)
					}
				}
				again()
				_, err := users.Load(1).Await(t.Context())
				over.Store(true)
				require.NoError(t, err)
				require.Less(t, time.Since(start), 3*time.Second)
			})
		})
	}
}

// The loop learns of what a guest did last when it looks, so patience takes up to twice as long, and never less.
func TestPatienceTakesAtMostTwiceAsLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New(scheduler.WithPatience(time.Second))
		users := dataloader.New(s, echo(&batches[int]{}))
		s.Announce(1) // never comes
		g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
		start := time.Now()
		g.Go(func(ctx context.Context) error {
			time.Sleep(time.Millisecond)
			_, err := dataloader.Get(ctx, users, 1)
			return err
		})
		require.NoError(t, g.Wait())
		require.GreaterOrEqual(t, time.Since(start), 1001*time.Millisecond)
		require.LessOrEqual(t, time.Since(start), 2*time.Second)
	})
}

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
