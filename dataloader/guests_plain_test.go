package dataloader_test

import (
	"context"
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

// serve has another goroutine run s until stop is called, which returns what Run did.
func serve(t *testing.T, s *scheduler.Scheduler) (stop func() error) {
	release := s.Hold()
	done := make(chan error, 1)
	go func() { done <- s.Run(t.Context()) }()
	return func() error {
		release()
		return <-done
	}
}

// Goroutines that are nobody's guests: no batch is promised to them, but each gets its own value, and a key that is there
// is not fetched again. They also call in while the loop is parked, busy, or about to be either.
func TestPlainGoroutinesGetTheirOwnValues(t *testing.T) {
	s := scheduler.New()
	var b batches[int]
	users := dataloader.New(s, friends(&b, 1000))
	stop := serve(t, s)
	n := scaled(2000)
	errs := make(chan error, 50)
	for i := range cap(errs) {
		go func() {
			var err error
			for j := range n / cap(errs) {
				key := (i*7 + j) % 500
				var v int
				switch j % 4 {
				case 0:
					v, err = promise.CallOn(t.Context(), s, func() *promise.Promise[int] { return users.Load(key) })
				case 1:
					var values []int
					values, err = dataloader.GetMany(t.Context(), users, []int{key, key + 1, key})
					if err == nil && (values[0] != values[2] || values[1] != values[0]+1) {
						err = fmt.Errorf("%d: got %v", key, values)
					}
					v = key + 1000
				default:
					v, err = dataloader.Get(t.Context(), users, key)
				}
				if err == nil && v != key+1000 {
					err = fmt.Errorf("%d: got %d", key, v)
				}
				if err != nil {
					break
				}
			}
			errs <- err
		}()
	}
	for range cap(errs) {
		require.NoError(t, <-errs)
	}
	require.NoError(t, stop())
	fetched := map[int]bool{}
	for _, keys := range b.all() {
		for _, k := range keys {
			require.False(t, fetched[k], "%d was fetched twice", k)
			fetched[k] = true
		}
	}
	require.Zero(t, s.Dump().Calls)
}

// What a goroutine has posted before its call happens before its call, also when the call takes the shortcut of doing the
// work in the place of a loop that waits.
func TestACallComesAfterWhatWasPostedBefore(t *testing.T) {
	for name, before := range map[string]struct {
		post func(users *dataloader.Loader[int, int], i int)
		want func(i, fetches int) int
	}{
		"clear": {
			func(users *dataloader.Loader[int, int], _ int) { users.Clear(1) },
			func(_, fetches int) int { return fetches },
		},
		"prime": {
			func(users *dataloader.Loader[int, int], i int) { users.Clear(1).Prime(1, -i) },
			func(i, _ int) int { return -i },
		},
	} {
		for _, guest := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", guest ", guest), func(t *testing.T) {
				s := scheduler.New()
				var fetches atomic.Int64
				users := dataloader.New(s, func(_ context.Context, keys []int) ([]int, error) {
					return []int{int(fetches.Add(1))}, nil
				})
				ctx := scheduler.NewContext(t.Context(), s)
				if guest {
					s.Announce(1)
					ctx = scheduler.NewGuestContext(ctx, s)
				}
				stop := serve(t, s)
				for i := range scaled(2000) {
					switch i % 3 { // the loop is anywhere, or parked
					case 1:
						runtime.Gosched()
					case 2:
						_, err := dataloader.Get(ctx, users, 1)
						require.NoError(t, err)
					}
					s.Post(func() { before.post(users, i) })
					v, err := dataloader.Get(ctx, users, 1)
					require.NoError(t, err)
					require.Equal(t, before.want(i, int(fetches.Load())), v, "call %d did not see what was posted before it", i)
				}
				if guest {
					s.Retire(1)
				}
				require.NoError(t, stop())
			})
		}
	}
}

// A call of a plain goroutine opens a tick that waits for the guests, and is no guest itself: the last guest that blocks
// ends the tick for both.
func TestAPlainCallWaitsForTheGuestsAndTheyDoNotWaitForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		var b batches[int]
		users := dataloader.New(s, echo(&b))
		got := make(chan error, 2)
		g := scheduler.NewGroup(scheduler.NewContext(t.Context(), s))
		for range 2 {
			g.Go(func(ctx context.Context) error {
				time.Sleep(time.Minute)
				_, err := dataloader.Get(ctx, users, 1)
				return err
			})
		}
		for i := range 2 {
			go func() {
				time.Sleep(time.Duration(i) * time.Hour)
				_, err := dataloader.Get(t.Context(), users, 2+i)
				got <- err
			}()
		}
		require.NoError(t, g.Wait())
		require.NoError(t, <-got)
		require.Equal(t, [][]int{{1, 2}}, sorted(b.all()))
		_, err := promise.Delay(s, 2*time.Hour, 0).Await(t.Context()) // the other one calls in meanwhile
		require.NoError(t, err)
		require.NoError(t, <-got)
		require.Equal(t, [][]int{{1, 2}, {3}}, sorted(b.all()))
	})
}

// A plain call and the retirement of the last guest meet: one of the two has to wake the loop.
func TestAPlainCallThatMeetsTheLastRetirement(t *testing.T) {
	s := scheduler.New()
	users := dataloader.New(s, echo(&batches[int]{}))
	stop := serve(t, s)
	for i := range scaled(20_000) {
		s.Announce(1)
		var both sync.WaitGroup
		both.Go(func() { s.Retire(1) })
		both.Go(func() { _, _ = dataloader.Get(t.Context(), users, i) })
		both.Wait()
	}
	require.NoError(t, stop())
}

// The last guest ends just as the loop is about to wait for it, for the first time: the loop is not to wait then.
func TestARetirementThatMeetsTheFirstWait(t *testing.T) {
	for i := range scaled(30_000) {
		s := scheduler.New()
		users := dataloader.New(s, echo(&batches[int]{}), dataloader.WithInline())
		s.Announce(1)
		p := users.Load(i)
		go func() {
			for range i % 100 {
				_ = s.Driven() // takes about as long as the loop needs to get there
			}
			s.Retire(1)
		}()
		require.Equal(t, i, await(t, p))
	}
}

// slowCache calls back while the loop is asking for its first key.
type slowCache struct {
	mapCache[int, int]
	first func()
}

func (c *slowCache) Get(k int) (*promise.Promise[int], bool) {
	if c.gets == 0 {
		defer c.first()
	}
	return c.mapCache.Get(k)
}

// GetMany returns when its ctx ends, and the loop may be in the middle of the keys. They are the caller's again by then.
func TestCallerMayReuseTheKeysOfACallThatItGaveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scheduler.New()
		ctx, cancel := context.WithCancelCause(t.Context())
		cache := &slowCache{*newMapCache[int, int](), func() { cancel(errBoom); time.Sleep(time.Second) }}
		var b batches[int]
		users := dataloader.New(s, echo(&b), dataloader.WithCache(cache))
		stop := serve(t, s)
		keys := []int{1, 2, 3}
		_, err := dataloader.GetMany(ctx, users, keys)
		require.ErrorIs(t, err, errBoom)
		keys[1], keys[2] = 8, 9
		require.NoError(t, stop())
		require.Equal(t, [][]int{{1, 2, 3}}, b.all())
	})
}
