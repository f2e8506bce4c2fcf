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

// friends answers each key with the key of its best friend: itself plus n.
func friends(b *batches[int], n int) dataloader.BatchFunc[int, int] {
	return mapKeys(b, func(k int) int { return k + n })
}

// twoRounds has n goroutines that each load a user and then its best friend, and returns the sizes of the batches.
func twoRounds(t *testing.T, n, limit int) []int {
	t.Helper()
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, friends(&b, n))
	g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
	if limit > 0 {
		g.SetLimit(limit)
	}
	var running, most atomic.Int64
	for i := range n {
		g.Go(func(ctx context.Context) error {
			now := running.Add(1)
			for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
			}
			if i%100 == 0 {
				runtime.Gosched()
			}
			running.Add(-1)
			friend, err := dataloader.Get(ctx, users, i)
			if err != nil {
				return err
			}
			got, err := dataloader.Get(ctx, users, friend)
			if got != i+2*n {
				return fmt.Errorf("%d's is %d, %w", i, got, err)
			}
			return err
		})
	}
	require.NoError(t, g.Wait())
	require.NoError(t, s.Run(t.Context()))
	if limit > 0 {
		require.LessOrEqual(t, most.Load(), int64(limit))
	}
	require.Zero(t, s.Stats().Forced)
	var sizes []int
	for _, keys := range b.all() {
		sizes = append(sizes, len(keys))
	}
	return sizes
}

// The risk is a tick that ends while some goroutine has not called yet. Neither busy processors nor a limit may cause it.
func TestAThousandGoroutinesMakeTwoBatches(t *testing.T) {
	n, times := 1000, 200
	if testing.Short() {
		n, times = 100, 18
	}
	for _, busy := range []bool{false, true} {
		for _, limit := range []int{0, 1, 10} {
			t.Run(fmt.Sprintf("busy %v, limit %d", busy, limit), func(t *testing.T) {
				if busy {
					defer burn(runtime.GOMAXPROCS(0))()
				}
				for range times / 6 {
					require.Equal(t, []int{n, n}, twoRounds(t, n, limit))
				}
			})
		}
	}
}

// burn keeps n goroutines busy until the func that it returns is called.
func burn(n int) (stop func()) {
	var over atomic.Bool
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			for !over.Load() {
			}
		})
	}
	return func() {
		over.Store(true)
		all.Wait()
	}
}

// A func that starts others is counted until they are, through the same group or one of its own.
func TestGoroutinesThatStartGoroutines(t *testing.T) {
	for name, start := range map[string]func(ctx context.Context, g *scheduler.Group, load func(context.Context) error) error{
		"the same group": func(_ context.Context, g *scheduler.Group, load func(context.Context) error) error {
			g.Go(load)
			g.Go(load)
			return nil
		},
		"a group of its own": func(ctx context.Context, _ *scheduler.Group, load func(context.Context) error) error {
			own := scheduler.NewGroup(ctx)
			own.SetLimit(1)
			own.Go(load)
			own.Go(load)
			if err := own.Wait(); err != nil {
				return err
			}
			return load(ctx)
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := 1
			if name != "the same group" {
				want = 2
			}
			for range 50 {
				s := scheduler.New()
				var b batches[int]
				users := dataloader.New(s, echo(&b))
				g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
				g.SetLimit(3)
				var key atomic.Int64
				for range 20 {
					g.Go(func(ctx context.Context) error {
						return start(ctx, g, func(ctx context.Context) error {
							_, err := dataloader.Get(ctx, users, int(key.Add(1)))
							return err
						})
					})
				}
				require.NoError(t, g.Wait())
				require.Len(t, b.all(), want)
			}
		})
	}
}

func TestAGroupReturnsTheFirstErrorAndEndsTheOthers(t *testing.T) {
	for name, fail := range map[string]func() error{
		"error":  func() error { return errBoom },
		"panic":  func() error { panic(errBoom) },
		"goexit": func() error { runtime.Goexit(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			s := scheduler.New()
			block := dataloader.New(s, func(ctx context.Context, keys []int) ([]int, error) {
				<-ctx.Done()
				return nil, context.Cause(ctx)
			})
			ctx, cancel := context.WithCancel(scheduler.NewContext(t.Context(), s))
			g := scheduler.NewGroup(ctx)
			var others [3]error
			for i := range others {
				g.Go(func(ctx context.Context) error {
					_, others[i] = dataloader.Get(ctx, block, i)
					return others[i]
				})
			}
			g.Go(func(context.Context) error { return fail() })
			err := g.Wait()

			want := errBoom
			if name == "goexit" {
				want = scheduler.ErrGoexit
			}
			require.ErrorIs(t, err, want)
			for _, other := range others {
				require.ErrorIs(t, other, want)
			}
			cancel()
			require.NoError(t, s.Close())
		})
	}
}

func TestAGroupEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		users := dataloader.New(s, func(ctx context.Context, keys []int) ([]int, error) {
			<-ctx.Done()
			return nil, context.Cause(ctx)
		})
		ctx, cancel := context.WithTimeoutCause(scheduler.NewContext(t.Context(), s), time.Second, errBoom)
		defer cancel()
		g := scheduler.NewGroup(ctx)
		for i := range 10 {
			g.Go(func(ctx context.Context) error {
				_, err := dataloader.Get(ctx, users, i)
				return err
			})
		}
		require.ErrorIs(t, g.Wait(), errBoom)
	})
}

// A call that nothing can answer any more says so, to each goroutine.
func TestACallThatNothingCanAnswerIsStalled(t *testing.T) {
	s := scheduler.New()
	g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
	for range 3 {
		g.Go(func(ctx context.Context) error {
			_, err := promise.Call(ctx, func() *promise.Promise[int] { return neverSettled(s) })
			if !errors.Is(err, scheduler.ErrStalled) {
				return fmt.Errorf("not stalled but %w", err)
			}
			return nil
		})
	}
	require.NoError(t, g.Wait())
	require.Zero(t, s.Dump().Calls)
}

func TestCallsThatGoWrong(t *testing.T) {
	s := scheduler.New()
	g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
	call := func(fn func() *promise.Promise[int], want error) {
		g.Go(func(ctx context.Context) error {
			if _, err := promise.Call(ctx, fn); !errors.Is(err, want) {
				return fmt.Errorf("want %v, got %w", want, err)
			}
			return nil
		})
	}
	call(func() *promise.Promise[int] { panic(errBoom) }, errBoom)
	call(func() *promise.Promise[int] { return nil }, promise.ErrNilPromise)
	call(func() *promise.Promise[int] { return promise.Reject[int](s, errBoom) }, errBoom)
	call(func() *promise.Promise[int] { return promise.Resolve(s, 1) }, nil)
	require.NoError(t, g.Wait())
	require.NoError(t, s.Run(t.Context()), "a rejection that a call returned is handled")

	_, err := promise.Call(t.Context(), func() *promise.Promise[int] { return nil })
	require.ErrorIs(t, err, promise.ErrNoScheduler)
	require.Panics(t, func() { scheduler.NewGroup(t.Context()) })
	s.Enqueue(scheduler.JobFunc(func() {
		require.Panics(t, func() {
			_, _ = promise.CallOn(t.Context(), s, func() *promise.Promise[int] { return promise.Resolve(s, 1) })
		}, "a call on the loop would wait for itself")
	}))
	require.NoError(t, s.Run(t.Context()))
}

// A goroutine that is nobody's guest may call as well; the loop does not wait for it before it ends a tick.
func TestACallFromAnyGoroutine(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, friends(&batches[int]{}, 100))
	release := s.Hold()
	var got []int
	var err error
	go func() {
		defer release()
		got, err = dataloader.GetMany(t.Context(), users, []int{1, 2})
	}()
	require.NoError(t, s.Run(t.Context()))
	require.NoError(t, err)
	require.Equal(t, []int{101, 102}, got)
}

// A guest that was announced and does not come: patience ends the tick, and says that it did.
func TestPatienceEndsATickThatAGuestHoldsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New(scheduler.WithPatience(time.Second))
		var b batches[int]
		users := dataloader.New(s, echo(&b))
		s.Announce(1)
		start := time.Now()
		v, err := users.Load(7).Await(t.Context())

		require.NoError(t, err)
		require.Equal(t, 7, v)
		require.Equal(t, time.Second, time.Since(start))
		require.EqualValues(t, 1, s.Stats().Forced)
		require.Contains(t, s.Dump().String(), "1 guests active")
		s.Retire(1)
		require.NoError(t, s.Run(t.Context()))
		require.EqualValues(t, 1, s.Stats().Forced)
	})
}

func TestWithoutPatienceATickWaitsForItsGuests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		var b batches[int]
		users := dataloader.New(s, echo(&b))
		g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
		for i := range 3 {
			g.Go(func(ctx context.Context) error {
				time.Sleep(time.Duration(i) * time.Hour)
				_, err := dataloader.Get(ctx, users, i)
				return err
			})
		}
		require.NoError(t, g.Wait())
		require.Len(t, b.all(), 1)
	})
}

// The end of ctx does not wait for a guest that does not come: what was loaded is rejected.
func TestTheEndOfContextDoesNotWaitForGuests(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, echo(&batches[int]{}))
	s.Announce(1)
	p := users.Load(7)
	ctx, cancel := context.WithCancelCause(t.Context())
	s.AfterFunc(time.Millisecond, func() { cancel(errBoom) })
	require.ErrorIs(t, s.Run(ctx), errBoom)

	_, err, settled := p.Result()
	require.True(t, settled)
	require.ErrorIs(t, err, errBoom)
}

// Closures capture the ctx that is around them, where they should use the one that they are given.
func TestAFuncThatLoadsWithAnotherContextIsTold(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, echo(&batches[int]{}))
	outer := scheduler.NewContext(t.Context(), s)
	for _, limit := range []int{-1, 1} {
		g := scheduler.NewGroup(outer)
		g.SetLimit(limit)
		var errs [3]error
		for i := range errs {
			g.Go(func(context.Context) error {
				_, errs[i] = dataloader.Get(outer, users, i)
				return nil
			})
		}
		require.NoError(t, g.Wait())
		for _, err := range errs {
			require.ErrorIs(t, err, scheduler.ErrGuestContext)
		}
	}
}

// The ctx of the func that made the group counts as well as the one that the group gives, though it gives no place back.
func TestAFuncThatLoadsWithItsParentsContext(t *testing.T) {
	for _, limit := range []int{-1, 1, 2} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			for range 50 {
				s := scheduler.New()
				users := dataloader.New(s, echo(&batches[int]{}))
				g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
				g.SetLimit(limit)
				var sum atomic.Int64
				for i := range 3 {
					g.Go(func(ctx context.Context) error {
						own := scheduler.NewGroup(ctx)
						own.SetLimit(limit)
						for j := range 3 {
							own.Go(func(context.Context) error {
								v, err := dataloader.Get(ctx, users, 10*i+j)
								sum.Add(int64(v))
								return err
							})
						}
						return own.Wait()
					})
				}
				require.NoError(t, g.Wait())
				require.EqualValues(t, 99, sum.Load())
				require.Zero(t, s.Dump().Guests)
			}
		})
	}
}

func TestACallThatNobodyServes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		users := dataloader.New(s, echo(&batches[int]{}))
		start := time.Now()
		_, err := dataloader.Get(t.Context(), users, 1)
		require.ErrorIs(t, err, scheduler.ErrNotDriven)
		require.Equal(t, 10*time.Second, time.Since(start))

		// One that is served late is served.
		var got int
		release := s.Hold()
		go func() {
			defer release()
			got, err = dataloader.Get(t.Context(), users, 2)
		}()
		time.Sleep(time.Second / 2)
		require.NoError(t, s.Run(t.Context()))
		require.NoError(t, err)
		require.Equal(t, 2, got)
	})
}
