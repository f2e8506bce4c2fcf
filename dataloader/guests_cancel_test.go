package dataloader_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
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

// At the deadline every goroutine of the program gets its answers at once, whatever it is blocked in: a load in flight, a
// group, a place under a limit. That is so also while the loop sleeps in a batch function of its own.
func TestADeadlineAtAnyMomentEndsEveryGuest(t *testing.T) {
	n := scaled(1000)
	for seed := range uint64(n) {
		synctest.Test(t, func(t *testing.T) {
			p := decodeGuests(randomGuests(seed))
			w := newGuestWorld(p.cfg)
			r := rand.New(rand.NewPCG(seed, 2))
			var mu sync.Mutex
			w.onBatch = func() {
				mu.Lock()
				d := time.Duration(r.IntN(20)) * time.Millisecond
				mu.Unlock()
				time.Sleep(d)
			}
			start, d := time.Now(), time.Duration(r.IntN(50))*time.Millisecond
			ctx, cancel := context.WithTimeoutCause(t.Context(), d, errBoom)
			defer cancel()
			if err := w.run(ctx, p, errBoom); err != nil {
				w.fault("%v", err)
			}
			time.Sleep(time.Second) // batch functions that nobody waits for end too
			if w.last.After(start.Add(d)) {
				w.fault("the deadline was at %v, and somebody had an answer at %v", d, w.last.Sub(start))
			}
			if len(w.faults) > 0 {
				t.Fatalf("seed %d, deadline %v:\n%s%s", seed, d, p, strings.Join(w.faults, "\n"))
			}
		})
	}
}

// The end of ctx and the result of a batch meet: the batch function itself cancels, and returns.
func TestACancelThatMeetsAResult(t *testing.T) {
	n := scaled(2000)
	for seed := range uint64(n) {
		p := decodeGuests(randomGuests(seed))
		w := newGuestWorld(p.cfg)
		ctx, cancel := context.WithCancelCause(t.Context())
		var left atomic.Int64
		left.Store(int64(seed % 5))
		w.onBatch = func() {
			if left.Add(-1) == 0 {
				go cancel(errBoom)
			}
		}
		if err := w.run(ctx, p, errBoom); err != nil {
			w.fault("%v", err)
		}
		cancel(nil)
		if len(w.faults) > 0 {
			t.Fatalf("seed %d:\n%s%s", seed, p, strings.Join(w.faults, "\n"))
		}
	}
}

// At the very moment of the deadline there is a value too. The call returns one of both, and the guest counts once: with
// the place that it has under its limit, the next round goes on as ever.
func TestADeadlineAndAResultAtTheSameMoment(t *testing.T) {
	values, ends := 0, 0
	for range scaled(500) {
		synctest.Test(t, func(t *testing.T) {
			s := scheduler.New()
			var b batches[int]
			users := dataloader.New(s, func(ctx context.Context, keys []int) ([]int, error) {
				time.Sleep(time.Second)
				return echo(&b)(ctx, keys)
			})
			g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
			g.SetLimit(2)
			var mu sync.Mutex
			for i := range 6 {
				g.Go(func(ctx context.Context) error {
					short, stop := context.WithTimeout(ctx, time.Second)
					defer stop()
					v, err := dataloader.Get(short, users, i)
					mu.Lock()
					if err == nil && v == i {
						values++
					} else if errors.Is(err, context.DeadlineExceeded) && v == 0 {
						ends++
					} else {
						t.Errorf("got %d, %v", v, err)
					}
					mu.Unlock()
					time.Sleep(time.Second) // so that all are in the second round, whoever was first
					v, err = dataloader.Get(ctx, users, i+100)
					if v != i+100 {
						return fmt.Errorf("got %d, %w", v, err)
					}
					return nil
				})
			}
			require.NoError(t, g.Wait())
			require.NoError(t, s.Run(t.Context()))
			require.Equal(t, [][]int{{0, 1, 2, 3, 4, 5}, {100, 101, 102, 103, 104, 105}}, sorted(b.all()))
			require.Zero(t, s.Dump().Guests)
		})
	}
	t.Logf("%d values, %d ends", values, ends)
}

// The loop can't hear of the end while it is in a batch function. Its guests hear of it all the same.
func TestALoopThatIsStuckDoesNotKeepItsGuests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		var returned sync.WaitGroup
		users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
			returned.Wait() // for ever, if a guest had to wait for the loop
			return keys, nil
		}, dataloader.WithInline())
		ctx, cancel := context.WithTimeoutCause(scheduler.NewContext(t.Context(), s), time.Second, errBoom)
		defer cancel()
		g := scheduler.NewGroup(ctx)
		g.SetLimit(2)
		for i := range 10 {
			returned.Add(1)
			g.Go(func(ctx context.Context) error {
				defer returned.Done()
				_, err := dataloader.Get(ctx, users, i)
				if !errors.Is(err, errBoom) {
					return fmt.Errorf("want the cause of the deadline, got %w", err)
				}
				_, err = dataloader.Get(ctx, users, i+100)
				return err
			})
		}
		require.ErrorIs(t, g.Wait(), errBoom)
		require.NoError(t, s.Run(t.Context()))
		require.Zero(t, s.Dump().Calls)
	})
}

// Nobody drives the loop, before Run or after it. A call that has ended then must not be made by the next Run.
func TestCallsThatNobodyServesEndWithTheirContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		var b batches[int]
		users := dataloader.New(s, echo(&b))
		for range 2 {
			ctx, cancel := context.WithTimeoutCause(scheduler.NewContext(t.Context(), s), time.Second, errBoom)
			s.Announce(1)
			errs := make(chan error, 2)
			for i, ctx := range []context.Context{ctx, scheduler.NewGuestContext(ctx, s)} {
				go func() {
					_, err := dataloader.Get(ctx, users, i)
					errs <- err
				}()
			}
			require.ErrorIs(t, <-errs, errBoom)
			require.ErrorIs(t, <-errs, errBoom)
			cancel()
			s.Retire(1)
			require.NoError(t, s.Run(t.Context()))
			require.Empty(t, b.all())
			require.Zero(t, s.Dump().Calls)
		}
	})
}

// A call with a timeout of its own ends alone. Its guest counts again, and has its place back under the limit.
func TestACallsOwnTimeoutEndsOnlyThatCall(t *testing.T) {
	for _, limit := range []int{-1, 1} {
		t.Run(fmt.Sprint("limit ", limit), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scheduler.New()
				var b batches[int]
				slow := dataloader.New(s, func(ctx context.Context, keys []int) ([]int, error) {
					time.Sleep(time.Minute)
					return echo(&b)(ctx, keys)
				})
				quick := dataloader.New(s, echo(&b))
				ctx := scheduler.NewContext(t.Context(), s)
				g := scheduler.NewGroup(ctx)
				g.SetLimit(limit)
				start := time.Now()
				g.Go(func(ctx context.Context) error {
					short, stop := context.WithTimeoutCause(ctx, time.Second, errBoom)
					defer stop()
					_, err := dataloader.GetMany(short, slow, []int{1, 2})
					if !errors.Is(err, errBoom) || time.Since(start) != time.Second || ctx.Err() != nil {
						return fmt.Errorf("got %w after %v", err, time.Since(start))
					}
					if _, err = promise.Call(short, func() *promise.Promise[int] { panic("must not be called") }); !errors.Is(err, errBoom) {
						return err
					}
					v, err := dataloader.Get(ctx, slow, 1) // which is in flight still
					if v != 1 || time.Since(start) != time.Minute {
						return fmt.Errorf("got %d, %w after %v", v, err, time.Since(start))
					}
					_, err = dataloader.Get(ctx, quick, 8)
					return err
				})
				g.Go(func(ctx context.Context) error {
					if _, err := dataloader.Get(ctx, slow, 3); err != nil {
						return err
					}
					_, err := dataloader.Get(ctx, quick, 9)
					return err
				})
				require.NoError(t, g.Wait())
				require.Equal(t, [][]int{{1, 2, 3}, {8, 9}}, sorted(b.all()))
				require.Zero(t, s.Stats().Forced)
			})
		})
	}
}

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

// The result of a call comes while its caller gives it up. From the moment when the visit is over to the one when the guest
// counts again, the loop must not find that nobody is left.
func TestACallThatIsGivenUpIsNotTakenForAStall(t *testing.T) {
	values, ends := 0, 0
	for i := range scaled(50_000) {
		s := scheduler.New()
		ctx, cancel := context.WithCancel(t.Context())
		users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
			cancel()
			for start := time.Now(); time.Since(start) < time.Duration(i%500)*50; { // until the guest hears of it
			}
			return keys, nil
		}, dataloader.WithInline())
		g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
		g.Go(func(guest context.Context) error {
			v, err := dataloader.Get(deadline{guest, ctx}, users, 1)
			if err == nil && v == 1 {
				values++
			} else if errors.Is(err, context.Canceled) {
				ends++
			} else {
				return fmt.Errorf("got %d, %w", v, err)
			}
			return nil
		})
		require.NoError(t, g.Wait())
		require.NoError(t, s.Run(t.Context()))
	}
	t.Logf("%d values, %d ends", values, ends)
}

// deadline is a guest's ctx that ends with another.
type deadline struct {
	context.Context
	until context.Context
}

func (d deadline) Done() <-chan struct{} { return d.until.Done() }
func (d deadline) Err() error            { return d.until.Err() }
