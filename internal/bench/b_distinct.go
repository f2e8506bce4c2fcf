package bench

import (
	"context"

	gophers "github.com/graph-gophers/dataloader/v7"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/promise"
	"github.com/batchtick/batchtick/scheduler"
)

// distinct is rows B and J: n loads of n keys, one batch. Of J one learns what grows faster than the work does.
func distinct(row, title string, n int) Workload {
	return Workload{
		Row: row, Title: title, Unit: "key", N: n,
		Want:       func(n int) Answer { return Answer{Sum: sumTo(n), Batches: 1} },
		Contenders: loadContenders(func(n, i int) int { return i }, func(n int) int { return n }),
	}
}

// loadContenders load n keys, key(n, i) for i from 0, and wait for all the values. distinct says how many different keys
// that are, which the capacity of a graph-gophers batch has to be if no timer is to decide.
func loadContenders(key func(n, i int) int, distinct func(n int) int) []Contender {
	keys := func(n int) []int {
		keys := make([]int, n)
		for i := range keys {
			keys[i] = key(n, i)
		}
		return keys
	}
	return []Contender{
		{Name: Floor, Prepare: func(n int) func() Answer { return loadFloor(n, keys(n)) }},
		{Name: Batchtick, Prepare: func(n int) func() Answer { return loadBatchtick(n, keys(n)) }},
		{Name: BatchtickInline, Prepare: func(n int) func() Answer {
			return loadBatchtick(n, keys(n), dataloader.WithInline())
		}},
		{Name: "graph-gophers", Prepare: func(n int) func() Answer {
			return loadGophers(n, keys(n), byCount(distinct(n))...)
		}},
		{Name: "graph-gophers-default-wait", ByTimer: true, Prepare: func(n int) func() Answer {
			return loadGophers(n, keys(n))
		}},
	}
}

// loadFloor has one callback for all keys, so no closure is made for each.
func loadFloor(n int, keys []int) func() Answer {
	source := newSource(n)
	return func() Answer {
		sum := 0
		add := func(u User) { sum += u.ID }
		users := newFloorLoader(source)
		for _, key := range keys {
			users.load(key, add)
		}
		users.dispatch()
		return Answer{sum, source.counted()}
	}
}

// loadBatchtick keeps the promises in a slice of its own, to read them when all is done: 8 bytes for each load.
func loadBatchtick(n int, keys []int, opts ...dataloader.Option) func() Answer {
	ctx := context.Background()
	source := newSource(n)
	return func() Answer {
		loop := scheduler.New()
		users := dataloader.New(loop, source.fetch, opts...)
		loaded := make([]*promise.Promise[User], len(keys))
		for i, key := range keys {
			loaded[i] = users.Load(key)
		}
		mustWork(loop.Run(ctx))
		return Answer{sumOf(loaded), source.counted()}
	}
}

func sumOf(users []*promise.Promise[User]) int {
	sum := 0
	for _, p := range users {
		user, err, _ := p.Result()
		mustWork(err)
		sum += user.ID
	}
	return sum
}

func loadGophers(n int, keys []int, opts ...gophers.Option[int, User]) func() Answer {
	ctx := context.Background()
	source := newSource(n)
	return func() Answer {
		users := gophers.NewBatchedLoader(source.fetchPointers, opts...)
		loaded := make([]gophers.Thunk[User], len(keys))
		for i, key := range keys {
			loaded[i] = users.Load(ctx, key)
		}
		return Answer{sumOfThunks(loaded), source.counted()}
	}
}

func sumOfThunks(users []gophers.Thunk[User]) int {
	sum := 0
	for _, thunk := range users {
		user, err := thunk()
		mustWork(err)
		sum += user.ID
	}
	return sum
}
