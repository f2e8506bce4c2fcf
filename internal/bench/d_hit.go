package bench

import (
	"context"

	gophers "github.com/graph-gophers/dataloader/v7"

	"github.com/batchtick/batchtick/dataloader"
	"github.com/batchtick/batchtick/scheduler"
)

// hits is row D: n keys that are in the cache, each asked for once and its value read. Filling the cache is not timed.
func hits() Workload {
	return Workload{
		Row: "D", Title: "a cache hit", Unit: "hit", N: 1_000,
		Want: func(n int) Answer { return Answer{Sum: sumTo(n)} },
		Contenders: []Contender{
			{Name: Floor, Prepare: hitsFloor},
			{Name: Batchtick, Prepare: hitsBatchtick},
			{Name: "graph-gophers", Prepare: hitsGophers},
		},
	}
}

// hitsFloor is a lookup in a map.
func hitsFloor(n int) func() Answer {
	cache := make(map[int]User)
	for _, user := range newSource(n).users[:n] {
		cache[user.ID] = user
	}
	return func() Answer {
		sum := 0
		for key := range n {
			sum += cache[key].ID
		}
		return Answer{Sum: sum}
	}
}

func hitsBatchtick(n int) func() Answer {
	source := newSource(n)
	users := dataloader.New(scheduler.New(), source.fetch)
	for _, user := range source.users[:n] {
		users.Prime(user.ID, user)
	}
	return func() Answer {
		sum := 0
		for key := range n {
			user, err, _ := users.Load(key).Result()
			mustWork(err)
			sum += user.ID
		}
		return Answer{sum, source.counted()}
	}
}

func hitsGophers(n int) func() Answer {
	ctx := context.Background()
	source := newSource(n)
	users := gophers.NewBatchedLoader(source.fetchPointers)
	for _, user := range source.users[:n] {
		users.Prime(ctx, user.ID, user)
	}
	return func() Answer {
		sum := 0
		for key := range n {
			user, err := users.Load(ctx, key)()
			mustWork(err)
			sum += user.ID
		}
		return Answer{sum, source.counted()}
	}
}
