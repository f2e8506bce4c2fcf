package dataloader_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// brittle is a cache, one method of which panics for the keys below zero: a remote cache on a bad day.
type brittle struct {
	*mapCache[int, int]
	broken string
}

func newBrittle(broken string) *brittle { return &brittle{newMapCache[int, int](), broken} }

func (c *brittle) fail(method string, k int) {
	if c.broken == method && k < 0 {
		panic(errBoom)
	}
}

func (c *brittle) Get(k int) (*promise.Promise[int], bool) {
	c.fail("Get", k)
	return c.mapCache.Get(k)
}

func (c *brittle) Set(k int, p *promise.Promise[int]) {
	c.fail("Set", k)
	c.mapCache.Set(k, p)
}

func (c *brittle) Delete(k int) {
	c.fail("Delete", k)
	c.mapCache.Delete(k)
}

func TestCacheThatPanicsRejectsThatLoadAlone(t *testing.T) {
	for _, method := range []string{"Get", "Set"} {
		t.Run(method, func(t *testing.T) {
			s := scheduler.New()
			var b batches[int]
			users := dataloader.New(s, echo(&b), dataloader.WithCache(newBrittle(method)))
			friends := dataloader.New(s, echo(&batches[int]{}))
			friend := friends.Load(9)

			results := await(t, users.LoadSettled([]int{1, -1, 2}))
			run(t, s)

			require.Equal(t, promise.Result[int]{Value: 1}, results[0])
			var p *promise.PanicError
			require.ErrorAs(t, results[1].Err, &p)
			require.Equal(t, errBoom, p.Value)
			require.Equal(t, promise.Result[int]{Value: 2}, results[2])
			require.Equal(t, 9, settled(t, friend))

			// Rejected is not cached, and not half-queued either: the loader serves the next round as if nothing had been.
			require.Equal(t, []int{1, 2, 3}, await(t, users.LoadMany([]int{1, 2, 3})))
			require.Equal(t, [][]int{{1, 2}, {3}}, b.all())
		})
	}
}

// A failing batch evicts its entries, so it is the loop that calls Delete then, with other loads still to be settled.
func TestCacheThatPanicsInAnEvictionDoesNotKeepTheBatchFromSettling(t *testing.T) {
	for _, method := range []string{"Get", "Delete"} {
		t.Run(method, func(t *testing.T) {
			s := scheduler.New()
			cache := newBrittle("")
			var b batches[int]
			users := dataloader.New(s, failing(&b, errBoom), dataloader.WithCache(cache))
			friends := dataloader.New(s, echo(&batches[int]{}))
			loads := []*promise.Result[int]{observe(users.Load(-1)), observe(users.Load(2)), observe(users.Load(-3))}
			friend := friends.Load(9)
			cache.broken = method

			// What became of the cache's panic is for Run to say or not; the loads are what must not be lost.
			_ = s.Run(t.Context())

			for _, l := range loads {
				require.ErrorIs(t, l.Err, errBoom)
			}
			require.Equal(t, 9, settled(t, friend))
			require.NotContains(t, cache.m, 2)

			require.ErrorIs(t, awaitErr(t, users.Load(2)), errBoom)
			require.Equal(t, [][]int{{-1, 2, -3}, {2}}, b.all())
		})
	}
}
