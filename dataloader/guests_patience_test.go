package dataloader_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// One guest was announced and never comes. Each round of the others then takes as long as the patience, up to twice that,
// and is counted.
func TestEachTickThatIsForcedIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New(scheduler.WithPatience(time.Second))
		var b batches[int]
		users := dataloader.New(s, friends(&b, 10))
		s.Announce(1)
		g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
		for i := range 10 {
			g.Go(func(ctx context.Context) error {
				key := i
				for range 3 {
					var err error
					if key, err = dataloader.Get(ctx, users, key); err != nil {
						return err
					}
				}
				return nil
			})
		}
		start := time.Now()
		require.NoError(t, g.Wait())
		require.GreaterOrEqual(t, time.Since(start), 3*time.Second)
		require.LessOrEqual(t, time.Since(start), 6*time.Second)
		require.EqualValues(t, 3, s.Stats().Forced)
		require.Len(t, b.all(), 3, "a tick that is forced still has all that were honest")
		require.Equal(t, 1, s.Dump().Guests)

		s.Retire(1)
		_, err := users.Load(99).Await(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 3, s.Stats().Forced, "the guest has ended, so nothing is to be forced")
	})
}

// Patience counts from the last time that a guest did something, so guests that take their time, one after the other, are
// not cut off. Nor does it run out while nothing waits for the tick end.
func TestPatienceLastsWhileGuestsMove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New(scheduler.WithPatience(time.Second))
		var b batches[int]
		users := dataloader.New(s, echo(&b))
		cached := dataloader.New(s, echo(&b)).Prime(1, 1)
		g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
		g.Go(func(ctx context.Context) error { // looks at the cache, and else does nothing but wait
			for range 25 {
				time.Sleep(900 * time.Millisecond)
				if _, err := dataloader.Get(ctx, cached, 1); err != nil {
					return err
				}
			}
			_, err := dataloader.Get(ctx, users, 100)
			return err
		})
		for i := range 20 {
			g.Go(func(ctx context.Context) error {
				time.Sleep(time.Duration(i) * 900 * time.Millisecond)
				_, err := dataloader.Get(ctx, cached, 1)
				if i%2 == 0 {
					_, err = promise.Call(ctx, func() *promise.Promise[int] { return promise.Resolve(s, 1) })
				}
				if err != nil {
					return err
				}
				_, err = dataloader.Get(ctx, users, i)
				return err
			})
		}
		require.NoError(t, g.Wait())
		require.Zero(t, s.Stats().Forced)
		require.Len(t, b.all(), 1)

		quiet := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
		quiet.Go(func(context.Context) error { time.Sleep(time.Hour); return nil })
		require.NoError(t, quiet.Wait())
		require.Zero(t, s.Stats().Forced, "no load waited for the tick end")
	})
}

// Honest guests on processors that are busy with something else: patience is for guests that do not come, and they come.
func TestHonestGuestsAreNotCutOffOnABusyMachine(t *testing.T) {
	defer burn(runtime.GOMAXPROCS(0))()
	for seed := range uint64(scaled(20)) {
		s := scheduler.New(scheduler.WithPatience(30 * time.Second))
		users := dataloader.New(s, friends(&batches[int]{}, 100))
		g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
		g.SetLimit(1 + int(seed)%10)
		var wrong atomic.Int64
		for i := range 20 {
			g.Go(func(ctx context.Context) error {
				r := rand.New(rand.NewPCG(seed, uint64(i)))
				for key := i; key < 300; {
					for range r.IntN(3) {
						runtime.Gosched()
					}
					next, err := dataloader.Get(ctx, users, key)
					if err != nil {
						return err
					}
					if next != key+100 {
						wrong.Add(1)
					}
					key = next
				}
				return nil
			})
		}
		require.NoError(t, g.Wait())
		require.Zero(t, s.Stats().Forced, fmt.Sprint("seed ", seed))
		require.EqualValues(t, 3, s.Stats().Rounds)
		require.Zero(t, wrong.Load())
	}
}

// The loop was parked while no guest was active, so without a clock for its patience. A guest that then does the loop's
// work in its place must have it look.
func TestPatienceBeginsWithACallToAParkedLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New(scheduler.WithPatience(time.Second))
		users := dataloader.New(s, echo(&batches[int]{}))
		stop := serve(t, s)
		synctest.Wait()
		s.Announce(2) // this one calls, and the other never comes
		ctx, cancel := context.WithTimeout(scheduler.NewGuestContext(t.Context(), s), time.Hour)
		defer cancel()
		start := time.Now()
		_, err := dataloader.Get(ctx, users, 1)
		require.NoError(t, err)
		require.LessOrEqual(t, time.Since(start), 2*time.Second)
		s.Retire(2)
		require.NoError(t, stop())
		require.EqualValues(t, 1, s.Stats().Forced)
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
