package dataloader_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// runtime.Goexit in fn ends the loop's goroutine, as it does in any callback. The caller is told, the others are not lost:
// they go on when somebody drives the loop again.
func TestGoexitInACallEndsTheLoopAndNotTheCaller(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, echo(&batches[int]{}))
	s.Announce(2)
	errs := make(chan error, 2)
	drive := func() (returned bool) {
		over := make(chan bool)
		go func() {
			defer func() { over <- returned }()
			_ = s.Run(t.Context())
			returned = true
		}()
		return <-over
	}
	ctx := scheduler.NewGuestContext(t.Context(), s)
	go func() {
		_, err := promise.Call(ctx, func() *promise.Promise[int] { runtime.Goexit(); return nil })
		errs <- err
		s.Retire(1)
	}()
	require.False(t, drive(), "Run has returned, though its goroutine was ended")
	require.ErrorIs(t, <-errs, scheduler.ErrGoexit)
	go func() {
		_, err := dataloader.Get(ctx, users, 1)
		errs <- err
		s.Retire(1)
	}()
	require.True(t, drive())
	require.NoError(t, <-errs)
	require.Zero(t, s.Dump().Calls+s.Dump().Guests)
}

// A guest that stands in for the loop runs the loop's code. What others give up, post or cancel meanwhile must neither be
// lost nor run beside it. This is for the race detector, and for wake-ups that get lost.
func TestCallsPostsAndCancelsAtTheSameTime(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, echo(&batches[int]{}), dataloader.WithMaxBatchSize(3))
	g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
	g.SetLimit(4)
	plainCtx, stop := context.WithCancel(t.Context())
	var plain sync.WaitGroup
	posted, n := 0, scaled(20_000)/20
	var wrong atomic.Int64
	for i := range 20 {
		g.Go(func(ctx context.Context) error {
			for j := range n {
				key := (i*31 + j) % 97
				switch (i + j) % 5 {
				case 0:
					s.Post(func() { posted++; users.Clear(key) })
				case 1:
					one, cancel := context.WithCancel(ctx)
					go cancel()
					if v, err := dataloader.Get(one, users, key); err != nil && !errors.Is(err, context.Canceled) || err == nil && v != key {
						wrong.Add(1)
					}
					cancel()
				case 2:
					plain.Go(func() { // nobody's guest
						if v, err := dataloader.Get(plainCtx, users, key); err == nil && v != key {
							wrong.Add(1)
						}
					})
				default:
					v, err := dataloader.Get(ctx, users, key)
					if v != key {
						return fmt.Errorf("%d: got %d, %w", key, v, err)
					}
				}
			}
			return nil
		})
	}
	require.NoError(t, g.Wait())
	stop() // nobody drives the loop for them any more
	plain.Wait()
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, 20*n/5, posted)
	require.Zero(t, wrong.Load())
	require.Zero(t, s.Stats().Forced)
	require.Zero(t, s.Dump().Calls+s.Dump().Guests)
}

// The last func of a nested group ends, and the guest that waits for it has not gone on yet: at that moment nobody may
// think that no guest is active. The same for a guest that waits for a place.
func TestNoTickEndsBetweenAGroupsEndAndWhoWaitsForIt(t *testing.T) {
	for i := range scaled(3000) {
		s := scheduler.New()
		var b batches[int]
		users := dataloader.New(s, echo(&b))
		g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
		if i%2 == 0 {
			g.SetLimit(1)
		}
		g.Go(func(ctx context.Context) error {
			inner := scheduler.NewGroup(ctx)
			inner.Go(func(context.Context) error { return nil })
			inner.Go(func(context.Context) error { runtime.Gosched(); return nil })
			if err := inner.Wait(); err != nil {
				return err
			}
			_, err := dataloader.Get(ctx, users, 1)
			return err
		})
		g.Go(func(ctx context.Context) error {
			_, err := dataloader.Get(ctx, users, 2)
			return err
		})
		require.NoError(t, g.Wait())
		require.Equal(t, [][]int{{1, 2}}, sorted(b.all()))
	}
}

// A group is used again after it was idle: Go after the last func has ended, by a guest and on the loop.
func TestAGroupThatWasIdleGoesOn(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, echo(&b))
	load := func(key int) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := dataloader.Get(ctx, users, key)
			return err
		}
	}
	// brief starts a func that is over before more are started, or almost.
	brief := func(g *scheduler.Group) {
		ended := make(chan struct{})
		g.Go(func(context.Context) error { close(ended); return nil })
		<-ended
		runtime.Gosched()
	}
	g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
	brief(g)
	g.Go(load(1))
	g.Go(func(ctx context.Context) error {
		inner := scheduler.NewGroup(ctx)
		brief(inner)
		inner.Go(load(2))
		return inner.Wait()
	})
	require.NoError(t, g.Wait())
	require.Equal(t, [][]int{{1, 2}}, sorted(b.all()))
	require.NoError(t, s.Run(t.Context()))
}

// Two Async functions each wait for a group: their guests are in the same tick.
func TestGroupsOfSeveralAsyncFunctionsShareTheirBatches(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, friends(&b, 10))
	for i := range 3 {
		promise.Async(s, func(ctx context.Context) (int, error) {
			g := scheduler.NewGroup(scheduler.NewContext(ctx, s))
			for j := range 2 {
				g.Go(func(ctx context.Context) error {
					friend, err := dataloader.Get(ctx, users, 2*i+j)
					if err == nil {
						_, err = dataloader.Get(ctx, users, friend)
					}
					return err
				})
			}
			return 0, g.Wait()
		}).Done(nil, func(err error) { t.Error(err) })
	}
	require.NoError(t, s.Run(t.Context()))
	require.Equal(t, [][]int{{0, 1, 2, 3, 4, 5}, {10, 11, 12, 13, 14, 15}}, sorted(b.all()))
}

// An error in the group wakes those that wait for a place, or in a call, or for a group of their own; and Wait returns it, and not
// what they make of it.
func TestAnErrorReachesGuestsWhereverTheyAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		never := dataloader.New(s, func(ctx context.Context, keys []int) ([]int, error) {
			<-ctx.Done()
			return nil, context.Cause(ctx)
		})
		ctx, cancel := context.WithCancel(scheduler.NewContext(t.Context(), s))
		g := scheduler.NewGroup(ctx)
		g.SetLimit(2)
		start := time.Now()
		var late atomic.Int64
		inCall := func(ctx context.Context) error {
			_, err := dataloader.Get(ctx, never, 1)
			if !errors.Is(err, errBoom) || time.Since(start) != time.Second {
				late.Add(1)
			}
			return errors.New("a later one")
		}
		for range 5 {
			g.Go(inCall)
			g.Go(func(ctx context.Context) error {
				own := scheduler.NewGroup(ctx)
				own.SetLimit(1)
				own.Go(inCall)
				own.Go(inCall)
				return own.Wait()
			})
		}
		g.Go(func(context.Context) error { time.Sleep(time.Second); return errBoom })
		require.Equal(t, errBoom, g.Wait())
		require.Equal(t, time.Second, time.Since(start))
		require.Zero(t, late.Load())
		cancel()
		require.NoError(t, s.Close())
		synctest.Wait()
	})
}

// Somebody else's guest is active for long. It holds up the ticks of all, but not a Wait whose group has ended.
func TestWaitDoesNotWaitForTheGuestsOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		s.Announce(1)
		start := time.Now()
		time.AfterFunc(time.Hour, func() { s.Retire(1) })
		g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
		g.Go(func(context.Context) error { time.Sleep(time.Second); return nil })
		require.NoError(t, g.Wait())
		require.Equal(t, time.Second, time.Since(start))

		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errBoom)
		defer cancel()
		_, err := dataloader.New(s, echo(&batches[int]{})).Load(1).Await(ctx)
		require.ErrorIs(t, err, errBoom, "nor does the end of ctx")
		require.Equal(t, 2*time.Second, time.Since(start))
		time.Sleep(time.Hour)
	})
}
